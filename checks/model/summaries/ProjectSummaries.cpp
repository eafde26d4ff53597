#include "model/summaries/ProjectSummaries.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

void ProjectSummaries::add(UnitSummary Summary) {
  size_t Index = Units.size();
  Units.push_back(std::make_unique<UnitSummary>(std::move(Summary)));
  for (const auto &[Usr, Class] : Units.back()->Classes)
    Classes[Usr].push_back(Index);
  for (const auto &[Usr, Function] : Units.back()->Functions)
    Functions[Usr].push_back(Index);
}

static bool sameClass(const ClassSummary &A, const ClassSummary &B) {
  return A.File == B.File && A.Line == B.Line && A.Fields == B.Fields && A.Name == B.Name;
}

static bool sameFunction(const FunctionSummary &A, const FunctionSummary &B) {
  return A.File == B.File && A.Line == B.Line && toJSON(A.Body) == toJSON(B.Body);
}

bool ProjectSummaries::means(StringRef Name, StringRef Class) {
  auto Plain = [](StringRef Text) {
    std::string Result = Text.str();
    erase_if(Result, [](char C) { return C == ' '; });
    return Result;
  };
  std::string Asked = Plain(Name), Known = Plain(Class);
  auto [AskedName, AskedArguments] = StringRef(Asked).split('<');
  auto [KnownName, KnownArguments] = StringRef(Known).split('<');
  // Arguments by default may be left out.
  if (!AskedArguments.empty() && AskedArguments != KnownArguments &&
      !(AskedArguments.consume_back(">") && KnownArguments.starts_with(AskedArguments) &&
        KnownArguments.drop_front(AskedArguments.size()).starts_with(",")))
    return false;
  for (StringRef Each :
       {KnownName, KnownName.ends_with("Impl") ? KnownName.drop_back(4) : KnownName}) {
    if (Each == AskedName)
      return true;
    if (Each.ends_with(AskedName) && Each.drop_back(AskedName.size()).ends_with("::"))
      return true;
  }
  return false;
}

std::string ProjectSummaries::overriderOf(StringRef Class, StringRef Method, size_t Unit) const {
  std::string Why;
  if (const ClassSummary *Found = findClass(Class, Unit, Why))
    if (auto It = Found->Overriders.find(Method.str()); It != Found->Overriders.end())
      return It->second;
  return Method.str();
}

std::vector<ProjectSummaries::FoundClass> ProjectSummaries::modulesNamed(StringRef Name) const {
  std::vector<FoundClass> Found;
  for (const auto &[Usr, In] : Classes)
    for (size_t Unit : In) {
      const ClassSummary &Class = Units[Unit]->Classes.at(Usr);
      FoundClass Here{Usr, &Class, Unit};
      auto IsThat = [&](const FoundClass &Other) {
        return Other.Usr == Here.Usr && sameClass(*Other.Class, *Here.Class);
      };
      if (Class.IsModule && means(Name, Class.Name) && none_of(Found, IsThat))
        Found.push_back(std::move(Here));
    }
  return Found;
}

std::vector<std::string> ProjectSummaries::moduleNames() const {
  std::vector<std::string> Names;
  for (const auto &[Usr, In] : Classes)
    if (const ClassSummary &Class = Units[In.front()]->Classes.at(Usr); Class.IsModule)
      Names.push_back(Class.Name);
  return Names;
}

template <typename T, typename Same>
static const T *pick(const std::map<std::string, std::vector<size_t>> &Where,
                     const std::vector<std::unique_ptr<UnitSummary>> &Units,
                     std::map<std::string, T> UnitSummary::*Part, StringRef Usr, size_t &Unit,
                     std::string &Why, Same IsSame) {
  auto It = Where.find(Usr.str());
  if (It == Where.end()) {
    Why = "is defined in no file that was checked";
    return nullptr;
  }
  const T *First = &((*Units[It->second.front()]).*Part).at(Usr.str());
  if (is_contained(It->second, Unit))
    return &((*Units[Unit]).*Part).at(Usr.str());
  for (size_t Other : It->second)
    if (const T &Item = ((*Units[Other]).*Part).at(Usr.str()); !IsSame(*First, Item)) {
      Why = "is defined twice, at " + First->File + ":" + std::to_string(First->Line) + " and at " +
            Item.File + ":" + std::to_string(Item.Line);
      return nullptr;
    }
  Unit = It->second.front();
  return First;
}

const ClassSummary *ProjectSummaries::findClass(StringRef Usr, size_t &Unit,
                                                std::string &Why) const {
  return pick(Classes, Units, &UnitSummary::Classes, Usr, Unit, Why, sameClass);
}

const FunctionSummary *ProjectSummaries::findFunction(StringRef Usr, size_t &Unit,
                                                      std::string &Why) const {
  return pick(Functions, Units, &UnitSummary::Functions, Usr, Unit, Why, sameFunction);
}

} // namespace torchtidy
