// Runs terms. Not to be included but by what is a part of it: ask ModuleTree.h.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_EVALUATOR_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_EVALUATOR_H

#include "model/summaries/ModuleTree.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <deque>

namespace torchtidy {

/// What a lambda sees of where it was made.
struct LambdaScope {
  std::map<int64_t, TreeCell> Variables;
  TreeValue This;
  std::string File;
  size_t Unit = 0;
};

/// What a function is given: Cell where it may give that another value.
struct GivenArgument {
  TreeValue Value;
  TreeCell Cell;
};

class Evaluator {
  static constexpr unsigned MaxSteps = 2000000, MaxCalls = 64, MaxRounds = 4096, MaxItems = 1 << 16,
                            MaxNested = 800; // terms and calls, for the sake of the stack

public:
  explicit Evaluator(const ProjectSummaries &Summaries) : Summaries(Summaries) {}

  TreeValue construct(llvm::StringRef Usr, llvm::StringRef Constructor,
                      std::vector<GivenArgument> Arguments, size_t FromUnit, unsigned Line);

  std::string Complaint; // why what a user wrote is no value of a parameter's class

private:
  struct Frame {
    std::map<int64_t, TreeCell> Variables;
    TreeValue This;
    std::string File;
    size_t Unit = 0;
    TreeValue Result;
    TreeCell ResultCell;                    // the place of what it returns
    bool GivesPlace = false;                // it returns a reference
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
  TreeValue evalOther(const Term &T, Frame &F);
  // Whole: what a place would be in, where it is not known which it is.
  struct Resolved {
    TreeValue Value, Whole;
    TreeCell Cell;
  };
  Resolved resolve(const Term &T, Frame &F);
  TreeCell memberPlace(const TreeValue &Through, const std::string &Name);
  TreeCell keyPlace(TreeList &Map, const TreeValue &Key);
  TreeCell standIn(const TreeValue &Value, const TreeValue &Whole);
  static TreeValue leadingTo(const Resolved &Place);
  TreeValue evalWithPlace(const Term &T, Frame &F, TreeCell &Cell);
  TreeCell elementPlace(const TreeValue &Container, const TreeValue &Index, bool IsKey);
  TreeValue elementOf(const TreeValue &Container, const TreeValue &Index);
  TreeValue evalOperator(const Term &T, Frame &F);
  TreeValue evalCall(const Term &T, Frame &F, TreeCell *Result = nullptr);
  TreeValue evalLambda(const Term &T, Frame &F);
  TreeValue assign(const Term &T, Frame &F, Resolved *Place = nullptr);
  TreeValue store(const Term &Target, Frame &F, const TreeValue &Value, Resolved *Place = nullptr);
  std::vector<GivenArgument> argumentsOf(llvm::ArrayRef<Term> Terms, Frame &F);
  TreeValue run(const FunctionSummary &Function, TreeValue This,
                llvm::ArrayRef<GivenArgument> Arguments, size_t Unit, bool GivesReference = false,
                TreeCell *Result = nullptr);
  TreeValue runLambda(const TreeValue &Lambda, llvm::ArrayRef<GivenArgument> Arguments,
                      TreeCell *Result = nullptr);
  TreeValue evalLayer(const Term &T, Frame &F);
  TreeValue evalTensor(const Term &T, Frame &F);
  TreeValue evalRegister(const Term &T, Frame &F);
  TreeValue evalPush(const Term &T, Frame &F);
  void changeList(const Term &T, TreeList &List, std::vector<TreeValue> Arguments,
                  const std::string &File);
  bool insertInto(ModuleNode &Node, const TreeValue &Index, const TreeValue &What,
                  const std::string &File, unsigned Line);
  TreeValue evalMember(const TreeValue &Through, const std::string &Name);
  TreeValue invoke(const Term &T, Frame &F, TreeCell *Result = nullptr);
  TreeValue decide(const Term &T, const TreeValue &Condition, Frame &F, Resolved *Place = nullptr);
  void evalSwitch(const Term &T, Frame &F);
  void evalFor(const Term &T, Frame &F);
  void evalForEach(const Term &T, Frame &F);
  void block(const Term &T, Frame &F, TreeValue &Last);
  void perhaps(const std::string &Why, Frame &F, Journal &Written, llvm::function_ref<void()> Do);
  void inDoubt(const std::string &Why, Frame &F, llvm::function_ref<void()> Do);
  void repeatedly(const std::string &Why, Frame &F, llvm::function_ref<void()> Do);
  void loop(Frame &F, llvm::function_ref<void()> Do);
  void giveUp(const std::string &Why);
  bool isPastSteps();
  void enter(const Term &Body, Frame &F);
  void base(const Term &T, Frame &F);
  void initialise(ModuleNode &Node, llvm::StringRef Usr, llvm::StringRef Constructor,
                  llvm::ArrayRef<GivenArgument> Arguments, const TreeValue &This, size_t Unit);
  TreeValue fromUser(const TreeValue &Value, llvm::StringRef Usr, size_t Unit);
  static void composeLayer(ModuleNode &Node);
  void fillLayer(ModuleNode &Node, const std::string &File, unsigned Line);
  void fill(ModuleNode &Node, const TreeValue &What, const std::string &Name, bool IsExact,
            const std::string &File, unsigned Line);
  void fillFromArguments(ModuleNode &Node, const std::string &File, unsigned Line);
  // Of what is not followed: EvaluateEffects.cpp.
  TreeValue escape(const Term &T, Frame &F);
  // By value: what they change may be where it stands.
  void touch(TreeValue Value, const std::string &Why);
  void touchCell(TreeCell Cell, const std::string &Why);
  struct Reached {
    std::set<TreeCell> Cells;
    std::set<std::shared_ptr<void>> Values;
    unsigned Depth = 0;
  };
  void touch(TreeValue Value, const std::string &Why, Reached &By);
  void touchCell(TreeCell Cell, const std::string &Why, Reached &By);
  bool isTooDeep(const Reached &By, const std::string &Why);
  void touchAll(llvm::ArrayRef<GivenArgument> Arguments, const std::string &Why);
  void spoil(TreeValue Whole, const std::string &Why);
  void convert(const TreeValue &Module, const std::string &DType, unsigned Depth,
               std::set<const ModuleNode *> &Seen);
  void reshape(const TreeValue &Tensor, const std::string &Why, unsigned Depth);
  void unregister(const TreeValue &Object, const TreeValue &Name);
  TreeValue castTo(const TreeValue &Value, const std::string &Class);
  static TreeValue pointee(const TreeValue &Value) {
    return Value.Is == TreeValue::Pointer ? *Value.Target : Value;
  }
  static const TreeValue &throughPointers(const TreeValue &Value);
  static bool hasKnownElements(const ModuleNode &Node);
  void write(TreeCell Cell, TreeValue Value);
  TreeValue copied(const TreeValue &Value);
  std::string doubt() const { return Doubts.empty() ? "" : Doubts.back(); }
  bool isCertainSince(unsigned Born) const;
  std::string doubtSince(unsigned Born) const { return isCertainSince(Born) ? "" : doubt(); }
  std::vector<TreeValue> evalAll(llvm::ArrayRef<Term> Terms, Frame &F) {
    std::vector<TreeValue> Values;
    for (const Term &T : Terms)
      Values.push_back(eval(T, F));
    return Values;
  }

  const ProjectSummaries &Summaries;
  std::vector<std::string> Doubts;
  // The Doubts at a time have a number; none are 0. Around: by number, those without the last one.
  std::map<std::pair<unsigned, std::string>, unsigned> Contexts;
  std::vector<unsigned> Around{0};
  unsigned Context = 0;
  std::vector<Journal *> Journals;
  std::vector<Frame *> Frames;
  std::deque<LambdaScope> Scopes;
  std::map<TreeCell, TreeValue> Aliases; // what a cell that stands for an unknown place is in
  std::vector<TreeCell> Spoiling;        // the Aliases that are written now
  bool IsTrial = false;                  // looks only for what is written
  unsigned Steps = 0, Calls = 0, Items = 0, Nested = 0;
};

} // namespace torchtidy

#endif
