#include "commands/Commands.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "llvm/Support/Process.h"
#include <iostream>
#include <set>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral TidyText =
    R"(# Rules of clang-tidy and torch-tidy; 'torch-tidy rule' lists the latter.
Checks: '-*,torch-*,-torch-advice-*'
# CheckOptions:
#   torch-null-module.AllowGuarded: true
)";

constexpr StringLiteral HookText = R"(  - repo: local
    hooks:
      - id: torch-tidy
        name: torch-tidy
        entry: torch-tidy check --quiet
        language: system
        types_or: [c++, cuda]
        require_serial: true
)";

constexpr StringLiteral GithubText =
    R"(# An example: put in how your project is configured.
name: torch-tidy
on: pull_request
jobs:
  torch-tidy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - run: pip install torch-tidy
      - run: cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
      - run: torch-tidy check -p build --new-from-rev "origin/$GITHUB_BASE_REF" --output-format=github
)";

constexpr StringLiteral GitlabText =
    R"(# An example: include it from .gitlab-ci.yml and put in how your project is configured.
torch-tidy:
  script:
    - pip install torch-tidy
    - cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
    - git fetch origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - torch-tidy check -p build --new-from-rev FETCH_HEAD
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
)";

class Initializer {
public:
  Initializer(std::string Dir, const Messages &Tell) : Dir(std::move(Dir)), Tell(Tell) {}

  int run() {
    std::string Build = buildDirectory();
    std::string Database = Build.empty() ? "build" : Build;
    write(".clang-tidy", TidyText);
    write(".clangd", "CompileFlags:\n  CompilationDatabase: " + Database +
                         "\nDiagnostics:\n  ClangTidy:\n    Add: [torch-*]\n    Remove: "
                         "[torch-advice-*]\n");
    // A directory that is named must hold a database.
    std::string Path = (Build.empty() ? "# p: " : "p: ") + Database;
    write(".torch-tidy.yaml", "# Defaults for torch-tidy's options; see --help.\n" + Path +
                                  "\n# baseline: .torch-tidy-baseline.json\n# exclude: "
                                  "['/third_party/']\n");
    // Only what the project uses already: nobody asked for a hook or for another service's files.
    if (exists(".pre-commit-config.yaml"))
      write(".pre-commit-config.yaml", "repos:\n" + HookText.str());
    if (exists(".gitlab-ci.yml"))
      write(".gitlab/torch-tidy.yml", GitlabText);
    if (exists(".github"))
      write(".github/workflows/torch-tidy.yml", GithubText);
    printNext(Build);
    return Failed ? Unusable : Clean;
  }

private:
  bool exists(StringRef Name) const { return sys::fs::exists(joinPath(Dir, Name)); }

  // As seen from the project; empty if there is no compile_commands.json.
  std::string buildDirectory() const {
    if (exists("compile_commands.json"))
      return ".";
    std::set<std::string> Found;
    std::error_code EC;
    for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
      if (sys::fs::exists(joinPath(It->path(), "compile_commands.json")))
        Found.insert(sys::path::filename(It->path()).str());
    return Found.empty() ? "" : *Found.begin();
  }

  void write(StringRef Name, StringRef Text) {
    std::string Path = joinPath(Dir, Name);
    if (exists(Name) && !mayReplace(Name)) {
      outs() << "kept     " << Name << ", which exists; torch-tidy would write:\n";
      while (!Text.empty()) {
        auto [Line, Rest] = Text.split('\n');
        outs() << "    " << Line << '\n';
        Text = Rest;
      }
      return;
    }
    if (sys::fs::create_directories(sys::path::parent_path(Path)))
      return fail("cannot make the directory of '" + Path + "'");
    if (Error E = writeAtomically(Path, Text))
      return fail(toString(std::move(E)));
    outs() << "written  " << Name << '\n';
  }

  static bool mayReplace(StringRef Name) {
    if (!sys::Process::StandardInIsUserInput())
      return false;
    outs() << Name << " exists. Replace it? [y/N] ";
    outs().flush();
    std::string Answer;
    std::getline(std::cin, Answer);
    return Answer == "y" || Answer == "Y";
  }

  void fail(const Twine &Message) {
    Tell.error(Message);
    Failed = true;
  }

  void printNext(StringRef Build) const {
    outs() << "\nNext:\n";
    if (Build.empty() && exists("CMakeLists.txt"))
      outs() << "  cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON   # "
                "compile_commands.json\n";
    else if (Build.empty())
      outs() << "  bear -- make   # compile_commands.json, or your build system's way to it\n";
    outs()
        << "  torch-tidy check                                         # see what is there\n"
           "  torch-tidy check --write-baseline .torch-tidy-baseline.json   # to begin with new "
           "findings only\n"
           "  torch-tidy check --new-from-rev main                          # only what a branch "
           "changed\n";
  }

  std::string Dir;
  Messages Tell;
  bool Failed = false;
};

} // namespace

int runInitCommand(const Options &Opts) {
  StringRef Dir = Opts.Arguments.empty() ? "." : StringRef(Opts.Arguments[0]);
  if (Opts.Arguments.size() > 1 || !sys::fs::is_directory(Dir)) {
    Messages(Opts.Quiet).error("usage: torch-tidy init [DIR]. Next: name the project's directory");
    return Unusable;
  }
  return Initializer(absoluteHere(Dir), Messages(Opts.Quiet)).run();
}

} // namespace torchtidy
