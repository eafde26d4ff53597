#include "cache/CachedEngine.h"
#include "commands/CheckPlan.h"
#include "commands/Commands.h"
#include "findings/RunReport.h"
#include "keys/Checkpoint.h"
#include "keys/ClassArgument.h"
#include "keys/ComparisonPrinter.h"
#include "keys/KeyComparison.h"
#include "keys/KeyPicture.h"
#include "keys/KeyPrinter.h"
#include "keys/UnitNotes.h"
#include "report/ProgressLine.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"

using namespace llvm;

namespace torchtidy {
namespace {

class KeysCommand {
public:
  explicit KeysCommand(const Options &Given) : Opts(Given), Tell(Given.Quiet) {}

  int run() {
    if (Opts.Arguments.empty())
      return fail(failure("usage: torch-tidy keys CLASS [PATH...] [OPTIONS]. Next: name a module "
                          "class of the project"));
    auto Asked = parseClassArgument(Opts.Arguments[0]);
    if (!Asked)
      return fail(Asked.takeError());
    Opts.Arguments.erase(Opts.Arguments.begin());
    if (Opts.Against) {
      if (Opts.Against->empty())
        return fail(failure("--against: the name of the checkpoint is empty. Next: name a file"));
      auto Read = readCheckpoint(*Opts.Against, Opts.Entry);
      if (!Read)
        return fail(Read.takeError());
      Against = std::move(*Read);
    }
    auto Planned = planCheck(Opts, Tell);
    if (!Planned)
      return fail(Planned.takeError());
    Plan = std::move(*Planned);
    if (!summarise())
      return InterruptedStatus;
    auto Class = find(*Asked);
    if (!Class)
      return fail(Class.takeError());
    std::string Complaint;
    TreeValue Built = buildModule(Summaries, *Class, Asked->Arguments, &Complaint);
    if (!Complaint.empty())
      return fail(failure("the arguments of '" + Class->Class->Name + "': " + Complaint +
                          ". Next: write its members by name, '{.member = 1}', or in their order"));
    return report(*Class, Built);
  }

private:
  // False if the user interrupted.
  bool summarise() {
    watchForInterrupt();
    CacheDirectory Cache;
    if (std::string Why = Cache.open(Opts.CacheDir, Opts.NoCache); !Why.empty())
      Tell.warning(Why);
    ProgressLine Line{!Opts.Quiet};
    CachedEngine Engine(engineSettings(Plan, Opts, [&](const Progress &P) { Line.update(P); }),
                        Cache, Tell);
    auto Results = Engine.check(Plan.Units);
    Line.clear();
    if (!Results)
      return false;
    std::vector<std::string> Unread;
    Summaries = joinNotes(Plan.Units, *Results, Unread);
    for (const std::string &File : Unread)
      Tell.warning(File + ": does not compile, so that what it defines is not known. Next: "
                          "'torch-tidy check' says why");
    Cache.close();
    letInterruptEnd();
    return true;
  }

  Expected<ProjectSummaries::FoundClass> find(const ClassArgument &Asked) const {
    std::vector<ProjectSummaries::FoundClass> Found = Summaries.modulesNamed(Asked.Name);
    if (Found.size() == 1)
      return Found[0];
    if (Found.empty()) {
      if (StringRef Template = StringRef(Asked.Name).split('<').first; Template != Asked.Name) {
        std::string Others;
        for (const ProjectSummaries::FoundClass &Other : Summaries.modulesNamed(Template))
          Others += (Others.empty() ? "" : ", ") + Other.Class->Name;
        return failure("there is no instance '" + Twine(Asked.Name) + "' in " +
                       counted(Plan.Units.size(), "file") +
                       (Others.empty() ? "" : "; these are: " + Others) +
                       ". Next: name one that the code uses, or add 'template class " + Asked.Name +
                       ";' to a file");
      }
      std::string Nearest;
      unsigned Distance = ~0u;
      // As a holder is called, in any case: namespaces and "Impl" are no mistakes.
      auto Plain = [](StringRef Name) {
        Name = Name.substr(Name.rfind(':') + 1);
        Name.consume_back("Impl");
        return Name.lower();
      };
      std::string Wanted = Plain(Asked.Name);
      for (const std::string &Name : Summaries.moduleNames())
        if (unsigned D = StringRef(Plain(Name)).edit_distance(Wanted); D < Distance)
          Distance = D, Nearest = Name;
      return failure("there is no module class '" + Twine(Asked.Name) + "' in " +
                     counted(Plan.Units.size(), "file") + ". Next: " +
                     (Nearest.empty() ? "look at -p, or name the files that define it"
                                      : "did you mean '" + Nearest + "'?"));
    }
    std::string Places;
    for (const ProjectSummaries::FoundClass &Other : Found)
      Places += (Places.empty() ? "" : ", ") + Other.Class->Name + " at " +
                pathOf(Other.Class->File) + ":" + std::to_string(Other.Class->Line);
    return failure("'" + Twine(Asked.Name) + "' is the name of " + Twine(Found.size()) +
                   " classes: " + Places +
                   ". Next: name it with its namespace, or name the files to look at behind it");
  }

  std::string pathOf(const std::string &File) const {
    for (const std::string &Root : Plan.Roots)
      if (auto Path = pathIn(Root, File))
        return Path->str();
    return File;
  }

  int report(const ProjectSummaries::FoundClass &Class, const TreeValue &Built) const {
    std::vector<ListedModule> Modules;
    KeysReport Report{Class.Class->Name, pathOf(Class.Class->File), unsigned(Class.Class->Line),
                      listKeys(*Built.Node, &Modules)};
    for (ListedKey &Key : Report.Keys)
      Key.File = pathOf(Key.File);
    for (ListedModule &Module : Modules)
      Module.File = pathOf(Module.File);
    std::optional<KeyComparison> Compared;
    if (Against)
      Compared = compareKeys(Report.Keys, Modules, Against->Entries);
    if (!Opts.KeysPicture.empty())
      if (Error E = writeAtomically(Opts.KeysPicture,
                                    keyPicture(Report, Modules, Compared ? &*Compared : nullptr)))
        return fail(std::move(E));
    bool IsJson = Opts.KeysFormat == "json";
    if (!Against) {
      (IsJson ? printKeysAsJson : printKeysAsText)(Report, outs());
      return Clean;
    }
    if (!Compared->Same && Compared->Differences.empty())
      return fail(nothingCompared(Report));
    ComparisonReport Comparison{Report, *Opts.Against, *Against, std::move(*Compared)};
    (IsJson ? printComparisonAsJson : printComparisonAsText)(Comparison, outs());
    return Comparison.Result.Differences.empty() ? Clean : Found;
  }

  Error nothingCompared(const KeysReport &Report) const {
    std::string Why = "the class registers none";
    for (const ListedKey &Key : Report.Keys)
      if (!Key.Why.empty()) {
        Why = Key.Why;
        break;
      }
    return failure("no key of '" + Report.Class + "' could be compared with '" + *Opts.Against +
                   "': " + Why +
                   ". Next: 'torch-tidy keys' without --against shows what is known of the class");
  }

  int fail(Error E) const {
    Tell.error(std::move(E));
    return Unusable;
  }

  Options Opts;
  Messages Tell;
  CheckPlan Plan;
  ProjectSummaries Summaries;
  std::optional<Checkpoint> Against;
};

} // namespace

int runKeysCommand(const Options &Opts) { return KeysCommand(Opts).run(); }

} // namespace torchtidy
