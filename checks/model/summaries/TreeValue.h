// What the terms of a constructor give: numbers, text, modules with what they register.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_TREEVALUE_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_TREEVALUE_H

#include "model/summaries/Term.h"
#include "llvm/ADT/ArrayRef.h"
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace torchtidy {

struct ModuleNode;
struct TreeValue;
struct LambdaScope;
/// A variable, field or element.
using TreeCell = std::shared_ptr<TreeValue>;

struct TreeTensor {
  std::optional<std::vector<std::optional<int64_t>>> Sizes; // none: not even how many
  std::string DType;                                        // empty: not known
  std::string Why;                                          // why, where a call made it so
};

struct TreeList {
  std::vector<TreeCell> Items;
  std::string Doubt; // why there may be others
  unsigned Born = 0; // the doubts in which it was made, as the evaluator counts them
};

/// What a term gives, where that does not depend on what nobody sees.
struct TreeValue {
  enum Kind {
    Unknown,
    Integer,
    Real,
    Text,
    Null,
    List,
    Object,
    Options,
    Tensor,
    Lambda,
    Pointer
  } Is = Unknown;
  int64_t Number = 0;
  double Decimal = 0;
  std::string Words;   // Text, with "…" for what is not known of it. Unknown: why. Options: class
  bool IsExact = true; // of Text
  std::shared_ptr<TreeList> Elements; // of List. Unknown: what it may be or lead to
  std::shared_ptr<ModuleNode> Node;   // of Object
  std::shared_ptr<std::map<std::string, TreeValue>> Named;
  std::shared_ptr<std::vector<TreeValue>> Positional; // of Options
  std::shared_ptr<TreeTensor> Of;                     // of Tensor: names share it
  TreeCell Target;                                    // of Pointer
  const Term *Code = nullptr;                         // of a lambda
  const LambdaScope *Around = nullptr;
  std::string File; // where the object was built
  unsigned Line = 0;
  unsigned Born = 0; // of Options: as that of a list

  static TreeValue unknown(std::string Why) {
    TreeValue V;
    V.Words = std::move(Why);
    return V;
  }
  static TreeValue integer(int64_t Number) {
    TreeValue V;
    V.Is = Integer;
    V.Number = Number;
    return V;
  }
  static TreeValue tensor(TreeTensor Of) {
    TreeValue V;
    V.Is = Tensor;
    V.Of = std::make_shared<TreeTensor>(std::move(Of));
    return V;
  }
  /// What it may be, or lead to, is changed where this is.
  static TreeValue oneOf(std::string Why, std::vector<TreeValue> Candidates);
  static TreeValue text(std::string Words) {
    TreeValue V;
    V.Is = Text;
    V.Words = std::move(Words);
    return V;
  }
};

/// What is registered under one name.
struct TreeEntry {
  enum Kind { Module, Parameter, Buffer } Is = Module;
  std::string Name; // with "…" for what is not known of it
  bool IsExact = true;
  TreeValue What;
  std::string Doubt; // why it may not be there, or several times
  std::string File;
  unsigned Line = 0;
};

/// An object: a module, a layer, a struct.
struct ModuleNode {
  std::string Class; // name of the class or layer
  std::string LayerName;
  bool IsModule = false;
  std::vector<TreeValue> Arguments; // of a layer
  std::map<std::string, TreeCell> Fields;
  std::set<std::string> References; // the Fields that are references
  std::vector<TreeEntry> Entries;
  std::string Opaque;   // why it may register more than is seen
  std::string ClassUsr; // whose virtual functions run: the class that is being constructed
  std::string Reshaped; // why the shapes and dtypes of a layer's own tensors are not known
  std::optional<std::string> DType; // of a layer's own tensors, where `to` gave it
  bool IsShuffled = false;          // its elements are not its entries any more
  unsigned Born = 0;                // as that of a list
};

TreeValue realValue(double Decimal);
TreeValue nullValue();
TreeValue listOf(std::vector<TreeValue> Values);
TreeCell cellOf(TreeValue Value);
inline bool isNumber(const TreeValue &V) {
  return V.Is == TreeValue::Integer || V.Is == TreeValue::Real;
}

/// Not known, but a change of it may change what these are or lead to.
TreeValue eitherOf(std::string Why, const TreeValue &A, const TreeValue &B);
TreeValue leadingInto(const TreeValue &Value, std::string Why);

/// Known to be the same: copies of one list are not.
bool areSame(const TreeValue &A, const TreeValue &B);
/// Whether it counts as true in a condition, where that is known.
std::optional<bool> truthOf(const TreeValue &Value);
/// As std::to_string() would have it, with "…" for what is not known.
TreeValue textOf(const TreeValue &Value);
/// Why \p Value is not known; \p Otherwise where it does not say.
std::string reasonOf(const TreeValue &Value, llvm::StringRef Otherwise = "it is not known");
/// An operator or function of TermKind::Operator that needs nothing but its operands; what it is
/// not known for is unknown.
TreeValue applyOperator(llvm::StringRef Op, llvm::ArrayRef<TreeValue> Operands);

/// A layer that holds others: Sequential, ModuleList, ParameterDict.
bool isContainer(llvm::StringRef LayerName);

/// In place of what is not known of a name.
inline constexpr llvm::StringLiteral Gap = "…";

} // namespace torchtidy

#endif
