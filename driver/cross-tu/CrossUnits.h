// Facts across translation units: a unit that lacks a function which another one defines is read
// again with that one's file behind it, as if it included it.
#ifndef TORCHTIDY_DRIVER_CROSS_TU_CROSSUNITS_H
#define TORCHTIDY_DRIVER_CROSS_TU_CROSSUNITS_H

#include "engine/Unit.h"
#include "engine/UnitResult.h"
#include "model/summaries/Summary.h"
#include <functional>
#include <map>
#include <set>

namespace torchtidy {

// A file that answers a unit, by the first of its functions that was asked for.
struct AnsweringFile {
  size_t Unit; // that compiles it
  std::string Function;
  unsigned Line = 0;
  // Lines of what it defines of a class of the unit that asks: what is found there is reported.
  std::vector<std::pair<unsigned, unsigned>> Own;
};

// A unit and what it is to be read with.
struct CrossUnit {
  size_t Index; // of the unit that asks
  Unit Joint;
  std::vector<AnsweringFile> Files; // as Joint.Joined
};

struct CrossUnitPlan {
  std::vector<CrossUnit> Units; // in the order of their files
  size_t Asked = 0, Answered = 0;
  // Why the others are not, with how many.
  std::map<std::string, size_t> Unanswered;
};

// What each unit asks and defines; of one that does not compile nothing is known.
std::vector<UnitBoundary> boundariesOf(llvm::ArrayRef<UnitResult> Results);

// What units ask. AreJoined: they answer others, and ask for them alone.
std::vector<OpenQuestion> questionsOf(llvm::ArrayRef<UnitBoundary> Boundaries, bool AreJoined);

// Those of Others whose texts name a function that is asked for, as a definition names it.
std::vector<Unit> mayAnswer(llvm::ArrayRef<OpenQuestion> Asked, std::vector<Unit> Others);

// What the first Asking of Units ask for and others define, and what the others ask of them. The
// same for any order of the units.
CrossUnitPlan planCrossUnits(llvm::ArrayRef<Unit> Units, llvm::ArrayRef<UnitResult> Results,
                             std::vector<UnitBoundary> Boundaries, size_t Asking);

// Adds the files that the unit has read, links resolved.
void addFilesOf(const Unit &U, const UnitResult &Result, std::set<std::string> &Files);

// What of it is reported.
struct CrossScope {
  size_t Asking = 0;   // as many of the units belong to the run
  bool IsPart = false; // of a run whose other parts are reported with it
  std::function<bool(llvm::StringRef File, llvm::StringRef Rule)> IsEnabled;
  std::function<bool(llvm::StringRef File)> IsProject;
};

struct TakenOver {
  // How many units say nothing with the others, since their files do not mean together what they
  // mean alone: each may use a name or a macro for something else.
  size_t Apart = 0;
  std::vector<JointReading> Readings; // for editors; those of one unit in its commands' order
  std::set<std::string> Unread;       // files of units that could not be read with the others
};

// Puts what was found with the files behind a unit in place of what was found without them. What is
// new gets notes that name the other files. Joints: results of the plan's Joint units, in their
// order.
TakenOver takeOver(llvm::ArrayRef<CrossUnit> Cross, llvm::ArrayRef<Unit> Units,
                   llvm::MutableArrayRef<UnitResult> Results, std::vector<UnitResult> Joints,
                   const CrossScope &Scope);

// For people: what was asked and what became of it.
std::string describe(const CrossUnitPlan &Plan, size_t Apart);

} // namespace torchtidy

#endif
