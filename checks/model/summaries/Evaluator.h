// Runs terms. Not to be included but by what is a part of it: ask ModuleTree.h.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_EVALUATOR_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_EVALUATOR_H

#include "model/summaries/ModuleTree.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace torchtidy {

class Evaluator {
  static constexpr unsigned MaxSteps = 2000000, MaxCalls = 64, MaxRounds = 4096, MaxItems = 1 << 16;

public:
  explicit Evaluator(const ProjectSummaries &Summaries) : Summaries(Summaries) {}

  TreeValue construct(llvm::StringRef Usr, llvm::StringRef Constructor,
                      std::vector<TreeValue> Arguments, size_t FromUnit, unsigned Line);

private:
  struct Frame {
    std::map<int64_t, TreeCell> Variables;
    TreeValue This;
    std::string File;
    size_t Unit = 0;
    TreeValue Result;
    bool HasResult = false, IsOver = false; // returned
    std::string Leaving;                    // break, continue
    // Why it may have returned, left the loop or switch, or the round of the loop.
    std::string MayBeOver, MayBreak, MayContinue;

    const std::string &mayBeGone() const {
      return !MayBeOver.empty() ? MayBeOver : !MayBreak.empty() ? MayBreak : MayContinue;
    }
  };
  using Journal = std::map<TreeCell, TreeValue>; // what was there before

  TreeValue eval(const Term &T, Frame &F);
  TreeCell place(const Term &T, Frame &F);
  TreeValue evalOperator(const Term &T, Frame &F);
  TreeValue evalCall(const Term &T, Frame &F);
  TreeValue run(const FunctionSummary &Function, TreeValue This,
                const std::vector<const Term *> &Given, std::vector<TreeValue> Arguments,
                Frame *Caller, size_t Unit);
  TreeValue evalLayer(const Term &T, Frame &F);
  TreeValue evalTensor(const Term &T, Frame &F);
  TreeValue evalRegister(const Term &T, Frame &F);
  TreeValue evalPush(const Term &T, Frame &F);
  TreeValue evalMember(const TreeValue &Object, const std::string &Name);
  TreeValue invoke(const Term &T, Frame &F);
  TreeValue decide(const Term &T, const TreeValue &Condition, Frame &F);
  void evalSwitch(const Term &T, Frame &F);
  void evalFor(const Term &T, Frame &F);
  void evalForEach(const Term &T, Frame &F);
  void block(const Term &T, Frame &F, TreeValue &Last);
  void perhaps(const std::string &Why, Frame &F, Journal &Written, llvm::function_ref<void()> Do);
  void inDoubt(const std::string &Why, Frame &F, llvm::function_ref<void()> Do);
  void repeatedly(const std::string &Why, Frame &F, llvm::function_ref<void()> Do);
  void loop(Frame &F, llvm::function_ref<void()> Do);
  void giveUp(const std::string &Why);
  void enter(const Term &Body, Frame &F);
  void base(const Term &T, Frame &F);
  void initialise(ModuleNode &Node, llvm::StringRef Usr, llvm::StringRef Constructor,
                  const std::vector<TreeValue> &Arguments, const TreeValue &This, size_t Unit);
  void fill(ModuleNode &Node, const TreeValue &What, const std::string &Name, bool IsExact,
            const std::string &File, unsigned Line);
  void fillFromArguments(ModuleNode &Node, const std::string &File, unsigned Line);
  void handOn(const TreeValue &Value, const std::string &Why);
  void write(const TreeCell &Cell, TreeValue Value);
  TreeValue copied(const TreeValue &Value);
  std::string doubt() const { return Doubts.empty() ? "" : Doubts.back(); }
  std::vector<TreeValue> evalAll(llvm::ArrayRef<Term> Terms, Frame &F) {
    std::vector<TreeValue> Values;
    for (const Term &T : Terms)
      Values.push_back(eval(T, F));
    return Values;
  }

  const ProjectSummaries &Summaries;
  std::vector<std::string> Doubts;
  std::vector<Journal *> Journals;
  std::vector<Frame *> Frames;
  bool IsTrial = false; // looks only for what is written
  unsigned Steps = 0, Calls = 0, Items = 0;
};

} // namespace torchtidy

#endif
