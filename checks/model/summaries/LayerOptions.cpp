#include "model/summaries/LayerOptions.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

std::optional<TreeValue> optionGiven(const ModuleNode &Node, Layer L, StringRef Option) {
  ArrayRef<TreeValue> Arguments = Node.Arguments;
  std::vector<TreeValue> Listed;
  if (Arguments.size() == 1 && Arguments[0].Is == TreeValue::Options) {
    const TreeValue &Given = Arguments[0];
    if (auto It = Given.Named->find(Option.str()); It != Given.Named->end())
      return It->second;
    Arguments = *Given.Positional;
  } else if (Arguments.size() == 1 && Arguments[0].Is == TreeValue::List) {
    // `Conv2d({3, 16, 3})` lists arguments; `LayerNorm({3, 4})` is given a list.
    if (constructorOptions(L).size() > 1) {
      for (const TreeCell &Item : Arguments[0].Elements->Items)
        Listed.push_back(*Item);
      Arguments = Listed;
    }
  } else if (Arguments.size() == 1 && Arguments[0].Is == TreeValue::Unknown &&
             constructorOptions(L).size() != 1) {
    return Arguments[0]; // options made elsewhere
  }
  for (auto [Name, Value] : zip(constructorOptions(L), Arguments))
    if (Name == Option)
      return Value;
  return std::nullopt;
}

} // namespace torchtidy
