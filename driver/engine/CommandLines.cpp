#include "engine/CommandLines.h"
#include "engine/TorchLocator.h"
#include "support/Clang.h"
#include "support/CudaCommand.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include <map>
#include <set>

using namespace llvm;
using clang::tooling::CompilationDatabase;
using clang::tooling::CompileCommand;

namespace torchtidy {
namespace {

bool isSource(StringRef Path) {
  StringRef Ext = sys::path::extension(Path);
  return Ext == ".cpp" || Ext == ".cc" || Ext == ".cxx" || Ext == ".c++" || Ext == ".C" ||
         Ext == ".cu";
}

// -p, else compile_commands.json in one of the usual places from the current directory up.
std::string findDatabase(StringRef BuildPath, StringRef Start) {
  if (!BuildPath.empty())
    return absoluteHere(sys::path::filename(BuildPath) == "compile_commands.json"
                            ? sys::path::parent_path(BuildPath)
                            : BuildPath);
  for (std::string Dir = Start.str(); !Dir.empty(); Dir = sys::path::parent_path(Dir).str()) {
    SmallString<256> Candidate(Dir);
    sys::path::append(Candidate, "compile_commands.json");
    if (sys::fs::exists(Candidate))
      return Dir;
    std::set<std::string> Builds;
    std::error_code EC;
    for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
      if (StringRef(sys::path::filename(It->path())).starts_with("build"))
        Builds.insert(It->path());
    for (const std::string &Build : Builds) {
      Candidate = Build;
      sys::path::append(Candidate, "compile_commands.json");
      if (sys::fs::exists(Candidate))
        return Build;
    }
  }
  return "";
}

// One command a file, as a second one would report the same findings again.
Unit unitOf(CompileCommand Command) {
  // Named as the command names it: the database also knows a file by another path to it.
  return {absoluteIn(Command.Directory, Command.Filename),
          Command.Directory,
          std::move(Command.CommandLine),
          {}};
}

void readHostSide(Unit &U) {
  if (isCudaCommand(U.File, U.CommandLine))
    useHostSide(U.CommandLine, U.Directory);
}

// The units of Database but for those of Known.
std::vector<Unit> othersIn(const CompilationDatabase &Database,
                           const std::set<std::string> &Known) {
  std::map<std::string, Unit> Others;
  for (const std::string &File : Database.getAllFiles()) {
    if (!isSource(File))
      continue;
    std::vector<CompileCommand> Commands = Database.getCompileCommands(File);
    if (Commands.empty())
      continue;
    Unit U = unitOf(std::move(Commands.front()));
    if (Known.count(U.File))
      continue;
    readHostSide(U);
    Others.try_emplace(U.File, std::move(U));
  }
  std::vector<Unit> Result;
  for (auto &[File, U] : Others)
    Result.push_back(std::move(U));
  return Result;
}

class Collector {
public:
  explicit Collector(const CommandLineRequest &Request) : Request(Request) {}

  Expected<CommandLineResult> run() {
    if (Request.FixedFlags)
      return runFixed(Request.FixedFlags);
    if (Error E = loadDatabase())
      return std::move(E);
    if (!Database && Request.Paths.empty())
      return failure("no files given and no compile_commands.json found in . or build*/. Next: "
                     "name the files, or pass -p BUILD_DIR");
    if (!Database) {
      Result.Notes.push_back("no compile_commands.json found: using default LibTorch flags. Next: "
                             "pass -p BUILD_DIR, which also makes a missing database an error");
      return runFixed(std::nullopt);
    }
    return runDatabase();
  }

private:
  Error loadDatabase() {
    SmallString<256> Start;
    if (Request.Paths.empty())
      (void)sys::fs::current_path(Start);
    else if (std::string First = absoluteHere(Request.Paths.front()); sys::fs::is_directory(First))
      Start = First;
    else
      Start = sys::path::parent_path(First);
    std::string Dir = findDatabase(Request.BuildPath, Start);
    if (Dir.empty())
      return Error::success();
    std::string Message;
    Database = CompilationDatabase::loadFromDirectory(Dir, Message);
    if (!Database)
      return failure("no usable compilation database in '" + Dir +
                     "': " + StringRef(Message).trim() +
                     ". Next: configure the build with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or pass "
                     "compiler flags after --");
    Result.DatabaseDirectory = Database ? Dir : "";
    return Error::success();
  }

  // Every file named, and every source below a named directory.
  Expected<std::vector<std::string>> expandPaths(bool FromDatabase) {
    std::set<std::string> Files;
    std::vector<std::string> Paths = Request.Paths;
    if (Paths.empty() && FromDatabase) {
      for (const std::string &File : Database->getAllFiles())
        if (isSource(File))
          Files.insert(absoluteHere(File));
      return std::vector<std::string>(Files.begin(), Files.end());
    }
    for (const std::string &Path : Paths) {
      std::string Absolute = absoluteHere(Path);
      if (!sys::fs::exists(Absolute))
        return failure("'" + Path + "' does not exist. Next: name a file or directory");
      if (!sys::fs::is_directory(Absolute))
        Files.insert(Absolute);
      else if (FromDatabase)
        addDatabaseFiles(Absolute, Files);
      else
        addDirectory(Absolute, Files);
    }
    return std::vector<std::string>(Files.begin(), Files.end());
  }

  void addDatabaseFiles(StringRef Dir, std::set<std::string> &Files) {
    for (const std::string &File : Database->getAllFiles())
      if (isIn(Dir, absoluteHere(File)) && isSource(File))
        Files.insert(absoluteHere(File));
  }

  static void addDirectory(StringRef Dir, std::set<std::string> &Files) {
    std::error_code EC;
    for (sys::fs::recursive_directory_iterator It(Dir, EC), End; It != End && !EC;
         It.increment(EC)) {
      if (StringRef(sys::path::filename(It->path())).starts_with("."))
        It.no_push();
      else if (isSource(It->path()))
        Files.insert(It->path());
    }
  }

  Expected<CommandLineResult> runFixed(std::optional<std::vector<std::string>> Flags) {
    auto Files = expandPaths(/*FromDatabase=*/false);
    if (!Files)
      return Files.takeError();
    SmallString<256> Cwd;
    (void)sys::fs::current_path(Cwd);
    for (const std::string &File : *Files)
      Result.Units.push_back({File, std::string(Cwd), {}, {}});
    if (Result.Units.empty())
      return failure("no C++ source files under the given paths. Next: name files, or a directory "
                     "with .cpp, .cc, .cxx, .c++, .C or .cu files");
    if (!Flags) {
      if (Error E = guessFlags())
        return std::move(E);
      Flags = Guessed;
    }
    for (Unit &U : Result.Units) {
      U.CommandLine = {"clang++"};
      U.CommandLine.insert(U.CommandLine.end(), Flags->begin(), Flags->end());
      U.CommandLine.push_back("-fsyntax-only");
      U.CommandLine.push_back(U.File);
    }
    return std::move(Result);
  }

  Error guessFlags() {
    if (!Guessed.empty())
      return Error::success();
    TorchInstall Install = locateTorch(Request.TorchRoot);
    if (Install.IncludeDirs.empty())
      return failure("LibTorch not found (looked in " + join(Install.Tried, ", ") +
                     "). Next: pass --torch-root DIR, -p BUILD_DIR, or compiler flags after --");
    Guessed = {"-std=" + Install.Standard};
    for (const std::string &Dir : Install.IncludeDirs) {
      Guessed.push_back("-isystem");
      Guessed.push_back(Dir);
    }
    return Error::success();
  }

  void indexDatabase() {
    for (const std::string &File : Database->getAllFiles()) {
      std::string Absolute = absoluteHere(File);
      KnownDirs.insert(sys::path::parent_path(Absolute).str());
      KnownFiles.insert(std::move(Absolute));
    }
  }

  // The database invents commands for files that it does not hold, from the file with the most
  // similar name. That is right for headers and new files beside known ones, and misleading for a
  // stray source file that merely lies below a build directory that nobody asked for.
  bool mayUse(const std::string &File) const {
    return !Request.BuildPath.empty() || KnownFiles.count(File) || !isSource(File) ||
           KnownDirs.count(sys::path::parent_path(File).str());
  }

  Expected<CommandLineResult> runDatabase() {
    auto Files = expandPaths(/*FromDatabase=*/true);
    if (!Files)
      return Files.takeError();
    indexDatabase();
    for (const std::string &File : *Files) {
      std::vector<CompileCommand> Commands = Database->getCompileCommands(File);
      if (!Commands.empty() && mayUse(File)) {
        Result.Units.push_back(unitOf(std::move(Commands.front())));
        continue;
      }
      if (Error E = guessFlags())
        return std::move(E);
      Result.Notes.push_back("'" + File + "' is not in the compilation database of '" +
                             Result.DatabaseDirectory + "': using default LibTorch flags");
      Unit U{File, sys::path::parent_path(File).str(), {"clang++"}, {}};
      U.CommandLine.insert(U.CommandLine.end(), Guessed.begin(), Guessed.end());
      U.CommandLine.push_back(File);
      Result.Units.push_back(std::move(U));
    }
    if (Result.Units.empty())
      return failure(
          "no file of the compilation database in '" + Result.DatabaseDirectory +
          "' matches the given paths. Next: name files, or pass -p BUILD_DIR of another build");
    std::set<std::string> Ours;
    for (const Unit &U : Result.Units)
      Ours.insert(U.File);
    Result.Others = [Database = Database, Ours = std::move(Ours)] {
      return othersIn(*Database, Ours);
    };
    return std::move(Result);
  }

  const CommandLineRequest &Request;
  CommandLineResult Result;
  std::shared_ptr<CompilationDatabase> Database;
  std::vector<std::string> Guessed;
  std::set<std::string> KnownFiles, KnownDirs;
};

} // namespace

Expected<CommandLineResult> collectUnits(const CommandLineRequest &Request) {
  auto Result = Collector(Request).run();
  if (Result)
    for_each(Result->Units, readHostSide);
  return Result;
}

} // namespace torchtidy
