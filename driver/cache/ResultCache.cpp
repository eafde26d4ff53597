#include "cache/ResultCache.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"
#include <chrono>
#include <sqlite3.h>

using namespace llvm;

namespace torchtidy {
namespace {

// Raise it when the tables or the text in them change their meaning.
constexpr int SchemaVersion = 3;

constexpr const char *Schema =
    "CREATE TABLE results(key TEXT PRIMARY KEY, payload TEXT NOT NULL);"
    "CREATE TABLE times(file TEXT PRIMARY KEY, seconds REAL NOT NULL);"
    "CREATE TABLE readings(unit TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL,"
    " payload TEXT NOT NULL, PRIMARY KEY(unit, file));"
    "CREATE INDEX readings_of_file ON readings(file);";

// A prepared statement; finalised at the end of its scope.
class Statement {
public:
  Statement(sqlite3 *Database, const char *Sql) {
    if (sqlite3_prepare_v2(Database, Sql, -1, &Handle, nullptr) != SQLITE_OK)
      Handle = nullptr;
  }
  ~Statement() { sqlite3_finalize(Handle); }
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  Statement &bind(int Index, StringRef Text) {
    if (Handle)
      sqlite3_bind_text(Handle, Index, Text.data(), int(Text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement &bind(int Index, double Number) {
    if (Handle)
      sqlite3_bind_double(Handle, Index, Number);
    return *this;
  }
  // Whether there is a row.
  bool step() { return Handle && sqlite3_step(Handle) == SQLITE_ROW; }
  StringRef text(int Column) const {
    return StringRef(reinterpret_cast<const char *>(sqlite3_column_text(Handle, Column)),
                     sqlite3_column_bytes(Handle, Column));
  }
  double number(int Column) const { return sqlite3_column_double(Handle, Column); }

private:
  sqlite3_stmt *Handle = nullptr;
};

// Waits for other processes up to ten seconds.
int waitOn(void *, int Tries) {
  constexpr int Milliseconds = 10;
  if (wasInterrupted() || Tries >= 10000 / Milliseconds)
    return 0;
  sqlite3_sleep(Milliseconds);
  return 1;
}

sqlite3 *openFile(const std::string &File) {
  sqlite3 *Database = nullptr;
  if (sqlite3_open_v2(File.c_str(), &Database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                      nullptr) != SQLITE_OK) {
    sqlite3_close(Database);
    return nullptr;
  }
  sqlite3_busy_handler(Database, waitOn, nullptr);
  return Database;
}

// To look into it only: makes no file and waits for nobody.
sqlite3 *openToRead(const std::string &File) {
  sys::fs::file_status Stat;
  if (sys::fs::status(File, Stat) || Stat.type() != sys::fs::file_type::regular_file)
    return nullptr;
  // Without a writer there is no log, and SQLite would make one; with a writer there is one, and
  // locks count.
  std::string Name = fileURI(File) + (sys::fs::exists(File + "-shm") ? "" : "?immutable=1");
  sqlite3 *Database = nullptr;
  constexpr int Milliseconds = 20;
  if (sqlite3_open_v2(Name.c_str(), &Database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr) ==
      SQLITE_OK)
    sqlite3_busy_timeout(Database, Milliseconds);
  return Database;
}

int versionOf(sqlite3 *Database) {
  Statement Query(Database, "PRAGMA user_version");
  return Query.step() ? int(Query.number(0)) : -1;
}

std::string setAside(const std::string &File) {
  auto Now = std::chrono::system_clock::now().time_since_epoch().count();
  std::string Aside = File + ".unusable-" + std::to_string(Now);
  if (sys::fs::rename(File, Aside))
    return "";
  for (const char *Suffix : {"-wal", "-shm"})
    (void)sys::fs::remove(File + Suffix);
  return Aside;
}

} // namespace

std::unique_ptr<ResultCache> ResultCache::open(const std::string &CacheDir, std::string &Message) {
  if (std::error_code EC = sys::fs::create_directories(CacheDir)) {
    Message = "results are not remembered: cannot create '" + CacheDir + "': " + EC.message();
    return nullptr;
  }
  std::string File = joinPath(CacheDir, "results.db");
  for (bool Retry : {true, false}) {
    sqlite3 *Database = openFile(File);
    std::unique_ptr<ResultCache> Cache(Database ? new ResultCache(Database) : nullptr);
    if (Cache && Cache->initialise())
      return Cache;
    // Busy or read-only is no damage.
    int Code = Database ? sqlite3_errcode(Database) : SQLITE_CANTOPEN;
    std::string Why = Database ? sqlite3_errmsg(Database) : "it cannot be opened";
    if (Code == SQLITE_OK)
      Why = "it was made by another version";
    Cache.reset();
    bool Damaged = Code == SQLITE_OK || Code == SQLITE_CORRUPT || Code == SQLITE_NOTADB ||
                   Code == SQLITE_ERROR;
    std::string Aside = Retry && Damaged ? setAside(File) : "";
    if (Aside.empty()) {
      Message = ("results are not remembered: '" + Twine(File) + "': " + Why).str();
      return nullptr;
    }
    Message = ("'" + Twine(File) + "' could not be used (" + Why + ") and was set aside as '" +
               Aside + "'")
                  .str();
  }
  return nullptr;
}

ResultCache::~ResultCache() { sqlite3_close(Database); }

bool ResultCache::run(const char *Sql) {
  return sqlite3_exec(Database, Sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

// False without an SQLite error: a file of another version.
bool ResultCache::initialise() {
  if (!run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;") || !run("BEGIN IMMEDIATE"))
    return false;
  int Version = versionOf(Database), Tables = -1;
  {
    Statement Query(Database, "SELECT count(*) FROM sqlite_master");
    if (Query.step())
      Tables = int(Query.number(0));
  }
  if (Version == 0 && Tables == 0)
    return run(Schema) && run(("PRAGMA user_version=" + std::to_string(SchemaVersion)).c_str()) &&
           run("COMMIT");
  bool Ours = Version == SchemaVersion && Tables > 0;
  return run("COMMIT") && Ours;
}

std::optional<UnitResult> ResultCache::find(StringRef Key, DependencyChecker &Checker,
                                            const PreambleStore &Preambles) {
  Statement Query(Database, "SELECT payload FROM results WHERE key=?");
  if (!Query.bind(1, Key).step())
    return std::nullopt;
  auto Value = json::parse(Query.text(0));
  if (!Value) {
    consumeError(Value.takeError());
    return std::nullopt;
  }
  UnitResult Result;
  json::Path::Root Root;
  if (!fromJSON(*Value, Result, Root))
    return std::nullopt;
  for (const Dependency &D : Result.Dependencies)
    if (!Checker.holds(D))
      return std::nullopt;
  if (!Result.Plan.PreambleKey.empty()) {
    // The preamble may have been made anew from other headers under the same key.
    const PreambleHeaders *Headers = Preambles.headers(Result.Plan.PreambleKey);
    if (!Headers || Headers->Content != Result.PreambleContent)
      return std::nullopt;
  }
  Result.Origin = ResultOrigin::Cache;
  return Result;
}

void ResultCache::store(StringRef Key, StringRef File, const UnitResult &Result) {
  run("BEGIN IMMEDIATE");
  Statement(Database, "INSERT OR REPLACE INTO times VALUES(?, ?)")
      .bind(1, File)
      .bind(2, Result.ParseSeconds)
      .step();
  std::string Text;
  raw_string_ostream(Text) << toJSON(Result);
  Statement(Database, "INSERT OR REPLACE INTO results VALUES(?, ?)")
      .bind(1, Key)
      .bind(2, Text)
      .step();
  run("COMMIT");
}

double ResultCache::seconds(StringRef File) {
  Statement Query(Database, "SELECT seconds FROM times WHERE file=?");
  return Query.bind(1, File).step() ? Query.number(0) : 0;
}

size_t ResultCache::entryCount() {
  Statement Query(Database, "SELECT count(*) FROM results");
  return Query.step() ? size_t(Query.number(0)) : 0;
}

// A row of unit, file, digest and payload, if all others than its file are as they were.
static std::optional<JointReading> readingIn(const Statement &Row, DependencyChecker &Checker) {
  JointReading R;
  R.Unit = Row.text(0).str();
  R.File = Row.text(1).str();
  R.Digest = Row.text(2).str();
  auto Value = json::parse(Row.text(3));
  json::Path::Root Root;
  if (!Value) {
    consumeError(Value.takeError());
    return std::nullopt;
  }
  if (!fromJSON(*Value, R, Root) ||
      !all_of(R.Others, [&](const Dependency &D) { return Checker.holds(D); }))
    return std::nullopt;
  return R;
}

bool ResultCache::hasReadings(StringRef Unit, DependencyChecker &Checker) {
  Statement Query(Database, "SELECT * FROM readings WHERE unit=?");
  Query.bind(1, Unit);
  while (Query.step())
    if (auto R = readingIn(Query, Checker); R && describeFile(R->File).Digest == R->Digest)
      return true;
  return false;
}

void ResultCache::replaceReadings(std::set<std::string> Units, ArrayRef<JointReading> Readings) {
  // In most projects nobody asks.
  if (Readings.empty() && !Statement(Database, "SELECT 1 FROM readings LIMIT 1").step())
    return;
  if (!run("BEGIN IMMEDIATE"))
    return;
  DependencyChecker Checker;
  for (const JointReading &R : Readings)
    if (!Units.count(R.Unit) && !hasReadings(R.Unit, Checker))
      Units.insert(R.Unit);
  for (StringRef Unit : Units)
    Statement(Database, "DELETE FROM readings WHERE unit=?").bind(1, Unit).step();
  for (const JointReading &R : Readings) {
    if (!Units.count(R.Unit))
      continue;
    std::string Text;
    raw_string_ostream(Text) << toJSON(R);
    // Of two commands for one file the first counts, as in editors.
    Statement(Database, "INSERT OR IGNORE INTO readings VALUES(?, ?, ?, ?)")
        .bind(1, R.Unit)
        .bind(2, R.File)
        .bind(3, R.Digest)
        .bind(4, Text)
        .step();
  }
  run("COMMIT");
}

std::vector<JointReading> ResultCache::readingsOf(const std::string &CacheDir, StringRef File,
                                                  StringRef Text) {
  std::vector<JointReading> Valid;
  std::unique_ptr<sqlite3, int (*)(sqlite3 *)> Database(
      openToRead(joinPath(CacheDir, "results.db")), sqlite3_close);
  if (!Database || versionOf(Database.get()) != SchemaVersion)
    return Valid;
  Statement Query(Database.get(), "SELECT * FROM readings WHERE file=? ORDER BY unit");
  Query.bind(1, File);
  std::string Digest;
  DependencyChecker Checker;
  while (Query.step()) {
    if (Digest.empty())
      Digest = hexDigest(Text);
    // First: while somebody types, it is all that is asked.
    if (Query.text(2) != Digest)
      continue;
    if (auto R = readingIn(Query, Checker))
      Valid.push_back(std::move(*R));
  }
  return Valid;
}

} // namespace torchtidy
