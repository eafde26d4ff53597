#include "cache/RemoteCache.h"
#include "engine/Dependencies.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FilePaths.h"

using namespace llvm;

namespace torchtidy {
namespace {

// Raise it when keys or values change their meaning.
#define TORCHTIDY_REMOTE_PREFIX "torch-tidy:2:"

constexpr StringLiteral RootMark("\1root");  // begins no path
constexpr StringLiteral Lifetime("2592000"); // 30 days since the last use, in seconds
constexpr size_t MaxLists = 8;               // of names, for one key
constexpr size_t KeysAtOnce = 256;
constexpr size_t UnsentLimit = 256 << 10;
constexpr size_t MaxPayload = 1 << 20;

std::string listsKey(const CacheKey &UnitKey) {
  return TORCHTIDY_REMOTE_PREFIX "lists:" + UnitKey.Digest;
}
std::string namesKey(StringRef Id) { return (TORCHTIDY_REMOTE_PREFIX "names:" + Id).str(); }

std::string withRoot(StringRef Path, StringRef Root) {
  return Path.consume_front(RootMark) ? (Root + Path).str() : Path.str();
}

// The names of what a result depends on: one list for its own files, which refers to another one
// for the preamble's, shared by many results.
struct InputManifest {
  std::string Preamble;                            // the id of its list; empty without one
  std::vector<std::pair<bool, std::string>> Names; // whether it is a directory, and its path

  // Ends each part with a 0, which no path has in it.
  std::string text() const {
    std::string Text = Preamble + '\0';
    for (const auto &[IsDirectory, Path] : Names)
      Text += (IsDirectory ? 'd' : 'f') + Path + '\0';
    return Text;
  }

  static std::optional<InputManifest> parse(StringRef Text) {
    if (!Text.consume_back(StringRef("\0", 1)))
      return std::nullopt;
    SmallVector<StringRef> Parts;
    Text.split(Parts, '\0');
    InputManifest List;
    List.Preamble = Parts.front().str();
    for (StringRef Part : ArrayRef(Parts).drop_front()) {
      if (Part.empty())
        return std::nullopt;
      List.Names.emplace_back(Part.front() == 'd', Part.drop_front().str());
    }
    return List;
  }
};

// Dependencies in an order that all checkouts have, with the list of their names.
struct SortedInputs {
  std::vector<Dependency> Files;
  InputManifest Names;

  SortedInputs(std::vector<Dependency> Unsorted, StringRef Root, StringRef Preamble)
      : Files(std::move(Unsorted)) {
    llvm::sort(Files, [&](const auto &A, const auto &B) {
      return withoutRoot(A.Path, Root) < withoutRoot(B.Path, Root);
    });
    Names.Preamble = Preamble.str();
    for (const Dependency &D : Files)
      Names.Names.emplace_back(D.IsDirectory, withoutRoot(D.Path, Root));
  }
};

std::string contentOf(ArrayRef<Dependency> Files) {
  std::string Text;
  for (const Dependency &D : Files)
    Text += D.Digest + "\n";
  return hexDigest(Text);
}

std::string resultKey(const CacheKey &UnitKey, StringRef NamesId, StringRef OwnContent,
                      StringRef PreambleContent) {
  return TORCHTIDY_REMOTE_PREFIX "result:" +
         hexDigest(
             join(ArrayRef<StringRef>{UnitKey.Digest, NamesId, OwnContent, PreambleContent}, "\n"));
}

void mapStrings(json::Value &Value, function_ref<std::string(StringRef)> Map) {
  if (auto Text = Value.getAsString())
    Value = json::Value(Map(*Text));
  else if (json::Array *Items = Value.getAsArray())
    for (json::Value &Item : *Items)
      mapStrings(Item, Map);
  else if (json::Object *Members = Value.getAsObject())
    for (auto &Member : *Members)
      mapStrings(Member.second, Map);
}

// A result without what its key stands for. Nothing if it is no use elsewhere.
std::optional<std::string> payloadOf(UnitResult Result, StringRef Root) {
  Result.Dependencies.clear();
  Result.Plan = UnitPlan::plain(Result.Plan.PlainReason);
  Result.PreambleContent.clear();
  Result.CheckSeconds.clear();
  json::Value Value = toJSON(Result);
  std::string RootInJson = bytesAsUtf8(Root);
  mapStrings(Value, [&](StringRef Text) { return withoutRoot(Text, RootInJson); });
  std::string Text;
  raw_string_ostream(Text) << Value;
  // A message that names the project's root would be wrong in another.
  if (Text.size() > MaxPayload || (!Root.empty() && StringRef(Text).contains(RootInJson)))
    return std::nullopt;
  return Text;
}

// The digest before the payload holds the key, too: a value that stands under another one counts
// as damaged.
std::string withChecksum(StringRef Key, StringRef Payload) {
  return hexDigest((Key + "\n" + Payload).str()) + "\n" + Payload.str();
}

std::optional<UnitResult> checkedPayload(StringRef Key, StringRef Value, StringRef Root) {
  StringRef Payload = Value.split('\n').second;
  if (Value != withChecksum(Key, Payload))
    return std::nullopt;
  auto Parsed = json::parse(Payload);
  if (!Parsed) {
    consumeError(Parsed.takeError());
    return std::nullopt;
  }
  mapStrings(*Parsed, [&](StringRef Text) { return withRoot(Text, bytesAsUtf8(Root)); });
  UnitResult Result;
  json::Path::Root JsonRoot;
  if (!fromJSON(*Parsed, Result, JsonRoot))
    return std::nullopt;
  Result.Origin = ResultOrigin::RemoteCache;
  return Result;
}

} // namespace

std::string withoutRoot(StringRef Path, StringRef Root) {
  return isIn(Root, Path) ? (RootMark + Path.drop_front(Root.size())).str() : Path.str();
}

namespace {

// The key of the unit whose result goes to Result.
struct IndexedKey : CacheKey {
  size_t Result;
};

// For a result that depends on where the project lies.
CacheKey atThisPath(const CacheKey &UnitKey) {
  return {hexDigest(UnitKey.Digest + "\n" + UnitKey.Root), ""};
}

std::vector<IndexedKey> bothForms(ArrayRef<CacheKey> UnitKeys) {
  std::vector<IndexedKey> Result;
  for (auto [I, UnitKey] : enumerate(UnitKeys)) {
    Result.push_back({UnitKey, I});
    if (!UnitKey.Root.empty())
      Result.push_back({atThisPath(UnitKey), I});
  }
  return Result;
}

} // namespace

// One call of find: what was fetched and how the files are here.
class RemoteCache::Lookup {
public:
  Lookup(RedisConnection &Connection, const PreambleStore &Preambles)
      : Connection(Connection), Preambles(Preambles) {}

  // Fills in those of Results that the keys lead to.
  Error find(ArrayRef<IndexedKey> UnitKeys, MutableArrayRef<std::optional<UnitResult>> Results) {
    std::vector<std::string> Keys;
    for (const IndexedKey &UnitKey : UnitKeys)
      Keys.push_back(listsKey(UnitKey));
    auto Lists = read(Keys, [](const std::string &Key) {
      return RedisCommand{"LRANGE", Key, "0", std::to_string(MaxLists - 1)};
    });
    if (!Lists)
      return Lists.takeError();
    for (RedisReply &List : *Lists)
      List.Items.resize(std::min(List.Items.size(), MaxLists));
    if (Error E = fetchNames(*Lists))
      return E;
    return fetchResults(UnitKeys, *Lists, Results);
  }

  size_t foundAtThisPath() const { return FoundAtThisPath; }

private:
  // Those files of a list of names, as they are below Root.
  struct LocalInputs {
    std::vector<Dependency> Files;
    std::string Content;
  };
  struct Candidate {
    size_t Index;
    const LocalInputs *Own, *Preamble; // Preamble: may be null
  };
  struct Adopted {
    std::string Key, Content;
  };

  // The replies to one reading command a key. Each use gives a key its whole lifetime again, where
  // the server lets this user write.
  Expected<std::vector<RedisReply>> read(ArrayRef<std::string> Keys,
                                         function_ref<RedisCommand(const std::string &)> Reading) {
    std::vector<RedisCommand> Commands;
    for (const std::string &Key : Keys) {
      Commands.push_back(Reading(Key));
      Commands.push_back({"EXPIRE", Key, Lifetime.str()});
    }
    auto All = Connection.exchange(Commands);
    if (!All)
      return All.takeError();
    std::vector<RedisReply> Replies;
    for (size_t I = 0; I < All->size(); I += 2) {
      RedisReply &Reply = (*All)[I];
      bool IsForeignKey = StringRef(Reply.Value).starts_with("WRONGTYPE");
      if (Reply.Kind == RedisReply::Error && !IsForeignKey)
        return refusal(Reply);
      Replies.push_back(std::move(Reply));
    }
    return Replies;
  }
  static RedisCommand get(const std::string &Key) { return {"GET", Key}; }

  // Fetches the lists of names with these ids and then the preambles' lists that they refer to.
  Error fetchNames(ArrayRef<RedisReply> Lists) {
    StringSet<> Wanted;
    for (const RedisReply &List : Lists)
      for (const std::string &Id : List.Items)
        Wanted.insert(Id);
    for ([[maybe_unused]] StringRef Round : {"own", "preambles'"})
      if (Error E = fetchMissing(Wanted))
        return E;
    return Error::success();
  }

  Error fetchMissing(StringSet<> &Wanted) {
    std::vector<std::string> Ids, Keys;
    for (StringRef Id : Wanted.keys())
      if (!Names.count(Id)) {
        Ids.push_back(Id.str());
        Keys.push_back(namesKey(Id));
      }
    auto Texts = read(Keys, get);
    if (!Texts)
      return Texts.takeError();
    for (size_t I = 0; I < Ids.size(); ++I) {
      const std::string &Text = (*Texts)[I].Value;
      std::optional<InputManifest> &List = Names[Ids[I]];
      if (hexDigest(Text) == Ids[I])
        List = InputManifest::parse(Text);
      if (List && !List->Preamble.empty())
        Wanted.insert(List->Preamble);
    }
    return Error::success();
  }

  Error fetchResults(ArrayRef<IndexedKey> UnitKeys, ArrayRef<RedisReply> Lists,
                     MutableArrayRef<std::optional<UnitResult>> Results) {
    std::vector<Candidate> Candidates;
    std::vector<std::string> Keys;
    for (size_t I = 0; I < UnitKeys.size(); ++I)
      for (const std::string &Id : Lists[I].Items) {
        const std::string &Root = UnitKeys[I].Root;
        const LocalInputs *Own = describe(Id, Root);
        if (!Own)
          continue;
        const std::string &PreambleId = Names[Id]->Preamble;
        const LocalInputs *Preamble = PreambleId.empty() ? nullptr : describe(PreambleId, Root);
        if (!PreambleId.empty() && !Preamble)
          continue;
        Candidates.push_back({I, Own, Preamble});
        Keys.push_back(resultKey(UnitKeys[I], Id, Own->Content, Preamble ? Preamble->Content : ""));
      }
    auto Values = read(Keys, get);
    if (!Values)
      return Values.takeError();
    for (size_t I = 0; I < Keys.size(); ++I) {
      const Candidate &C = Candidates[I];
      const IndexedKey &UnitKey = UnitKeys[C.Index];
      auto Result = checkedPayload(Keys[I], (*Values)[I].Value, UnitKey.Root);
      if (!Result || Results[UnitKey.Result])
        continue;
      Results[UnitKey.Result] = completed(std::move(*Result), C);
      FoundAtThisPath += UnitKey.Root.empty();
    }
    return Error::success();
  }

  UnitResult completed(UnitResult Result, const Candidate &C) {
    Result.Dependencies = C.Own->Files;
    if (!C.Preamble)
      return Result;
    const Adopted &A = adopt(*C.Preamble);
    Result.PreambleContent = A.Content;
    Result.Plan.PreambleKey = A.Key;
    if (A.Key.empty())
      append_range(Result.Dependencies, C.Preamble->Files);
    return Result;
  }

  const Adopted &adopt(const LocalInputs &Preamble) {
    auto [It, New] = AdoptedPreambles.try_emplace(&Preamble);
    if (New) {
      PreambleHeaders Headers = describePreamble(Preamble.Files);
      It->second = {Preambles.adopt(Headers), Headers.Content};
    }
    return It->second;
  }

  // Null if there is no such list, or a file in it is not here.
  const LocalInputs *describe(const std::string &Id, const std::string &Root) {
    const std::optional<InputManifest> &List = Names[Id];
    if (!List)
      return nullptr;
    auto [It, New] = Lists.try_emplace(Id + Root);
    if (New) {
      LocalInputs H;
      for (const auto &[IsDirectory, Name] : List->Names)
        H.Files.push_back(describe(IsDirectory, withRoot(Name, Root)));
      H.Content = contentOf(H.Files);
      if (none_of(H.Files, [](const Dependency &D) { return D.Digest.empty(); }))
        It->second = std::move(H);
    }
    return It->second ? &*It->second : nullptr;
  }

  const Dependency &describe(bool IsDirectory, const std::string &Path) {
    auto [It, New] = Files.try_emplace((IsDirectory ? "d" : "f") + Path);
    if (New)
      It->second = IsDirectory ? describeDirectory(Path) : describeFile(Path);
    return It->second;
  }

  RedisConnection &Connection;
  const PreambleStore &Preambles;
  size_t FoundAtThisPath = 0;
  StringMap<std::optional<InputManifest>> Names; // by id
  StringMap<std::optional<LocalInputs>> Lists;   // by id and root
  StringMap<Dependency> Files;                   // by kind and path
  std::map<const LocalInputs *, Adopted> AdoptedPreambles;
};

RemoteCache::RemoteCache(RedisAddress Address, std::function<void(const Twine &)> Warn)
    : Address(std::move(Address)), Warn(std::move(Warn)) {}
RemoteCache::~RemoteCache() = default;

void RemoteCache::giveUp(Error E, StringRef Next) {
  if (!std::exchange(Usable, false))
    return consumeError(std::move(E));
  Warn("remote cache '" + Address.name() + "': " + toString(std::move(E)) +
       ": this run goes on without it. Next: " + Next);
}

std::vector<std::optional<UnitResult>> RemoteCache::find(ArrayRef<CacheKey> UnitKeys,
                                                         const PreambleStore &Preambles) {
  std::vector<std::optional<UnitResult>> Results(UnitKeys.size());
  if (!Usable || UnitKeys.empty())
    return Results;
  auto Connection = RedisConnection::open(Address);
  if (!Connection) {
    giveUp(Connection.takeError());
    return Results;
  }
  Lookup Finder(*Connection, Preambles);
  std::vector<IndexedKey> All = bothForms(UnitKeys);
  for (ArrayRef<IndexedKey> Left = All; !Left.empty();) {
    size_t Count = std::min(Left.size(), KeysAtOnce);
    if (Error E = Finder.find(Left.take_front(Count), Results)) {
      giveUp(std::move(E));
      break;
    }
    Left = Left.drop_front(Count);
  }
  AtThisPath += Finder.foundAtThisPath();
  return Results;
}

void RemoteCache::store(CacheKey UnitKey, const UnitResult &Result,
                        const PreambleStore &Preambles) {
  if (!Usable || !Writable || Result.ParseFailed)
    return;
  const PreambleHeaders *Headers = nullptr;
  if (!Result.Plan.PreambleKey.empty()) {
    Headers = Preambles.headers(Result.Plan.PreambleKey);
    if (!Headers || Headers->Content != Result.PreambleContent)
      return;
  }
  auto IsBound = [&](const Dependency &D) { return dependsOnPlace(D, UnitKey.Root); };
  if (any_of(Result.Dependencies, IsBound) || (Headers && any_of(Headers->Files, IsBound)))
    UnitKey = atThisPath(UnitKey);
  auto Payload = payloadOf(Result, UnitKey.Root);
  if (!Payload)
    return;
  AtThisPath += UnitKey.Root.empty();
  SentPreamble Preamble;
  if (Headers)
    Preamble = sendPreamble(*Headers, UnitKey.Root);
  SortedInputs Own(Result.Dependencies, UnitKey.Root, Preamble.NamesId);
  std::string Id = sendNames(Own.Names.text());
  std::string Key = resultKey(UnitKey, Id, contentOf(Own.Files), Preamble.Content);
  send({"SET", Key, withChecksum(Key, *Payload), "EX", Lifetime.str()});
  std::string Lists = listsKey(UnitKey);
  send({"LREM", Lists, "0", Id});
  send({"LPUSH", Lists, Id});
  send({"LTRIM", Lists, "0", std::to_string(MaxLists - 1)});
  send({"EXPIRE", Lists, Lifetime.str()});
  if (UnsentBytes >= UnsentLimit)
    flush();
}

RemoteCache::SentPreamble RemoteCache::sendPreamble(const PreambleHeaders &Headers,
                                                    const std::string &Root) {
  auto [It, New] = SentPreambles.try_emplace(Headers.Content + Root);
  if (New) {
    SortedInputs Shared(Headers.Files, Root, "");
    It->second = {sendNames(Shared.Names.text()), contentOf(Shared.Files)};
  }
  return It->second;
}

std::string RemoteCache::sendNames(const std::string &Text) {
  std::string Id = hexDigest(Text);
  send({"SET", namesKey(Id), Text, "EX", Lifetime.str()});
  return Id;
}

void RemoteCache::send(RedisCommand Command) {
  for (const std::string &Argument : Command)
    UnsentBytes += Argument.size();
  Unsent.push_back(std::move(Command));
}

void RemoteCache::flush() {
  std::vector<RedisCommand> Commands = std::exchange(Unsent, {});
  UnsentBytes = 0;
  if (!Usable || Commands.empty())
    return;
  auto Connection = RedisConnection::open(Address);
  if (!Connection)
    return giveUp(Connection.takeError());
  auto Replies = Connection->exchange(Commands);
  if (!Replies)
    return giveUp(Replies.takeError());
  auto Refused = find_if(*Replies, [](const auto &R) { return R.Kind == RedisReply::Error; });
  if (Refused == Replies->end())
    return;
  Writable = false;
  Warn("remote cache '" + Address.name() + "': " + toString(refusal(*Refused)) +
       ": this run stores no more results there. Next: look at the server and at the user's "
       "permissions");
}

} // namespace torchtidy
