#include "keys/ClassArgument.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace torchtidy {
namespace {

constexpr unsigned MaxDepth = 16;

class ArgumentParser {
public:
  explicit ArgumentParser(StringRef Text) : Rest(Text) {}

  // What stands before Close, which is taken, too.
  std::optional<std::vector<TreeValue>> list(StringRef Close, unsigned Depth) {
    std::vector<TreeValue> Values;
    Rest = Rest.ltrim();
    if (Rest.consume_front(Close))
      return Values;
    while (Depth < MaxDepth) {
      auto Value = one(Depth);
      if (!Value)
        return std::nullopt;
      Values.push_back(std::move(*Value));
      Rest = Rest.ltrim();
      if (Rest.consume_front(Close))
        return Values;
      if (!Rest.consume_front(","))
        return std::nullopt;
      Rest = Rest.ltrim();
    }
    return std::nullopt;
  }

  StringRef Rest;

private:
  std::optional<TreeValue> one(unsigned Depth) {
    TreeValue V;
    if (Rest.consume_front("{")) {
      auto Items = list("}", Depth + 1);
      if (!Items)
        return std::nullopt;
      V.Is = TreeValue::List;
      V.Elements = std::make_shared<TreeList>();
      for (TreeValue &Item : *Items)
        V.Elements->Items.push_back(std::make_shared<TreeValue>(std::move(Item)));
      return V;
    }
    if (Rest.starts_with("\"") || Rest.starts_with("'")) {
      size_t End = Rest.find(Rest.front(), 1);
      if (End == StringRef::npos)
        return std::nullopt;
      V = TreeValue::text(Rest.slice(1, End).str());
      Rest = Rest.drop_front(End + 1);
      return V;
    }
    StringRef Word =
        Rest.take_while([](char C) { return isAlnum(C) || StringRef("+-._").contains(C); });
    Rest = Rest.drop_front(Word.size());
    int64_t Number = 0;
    if (Word == "true" || Word == "false")
      return TreeValue::integer(Word == "true");
    if (!Word.getAsInteger(10, Number))
      return TreeValue::integer(Number);
    if (Word == "nullptr" || Word == "nullopt") {
      V.Is = TreeValue::Null;
      return V;
    }
    if (!Word.empty() && !Word.getAsDouble(V.Decimal)) {
      V.Is = TreeValue::Real;
      return V;
    }
    return std::nullopt;
  }
};

} // namespace

Expected<ClassArgument> parseClassArgument(StringRef Text) {
  ClassArgument Result;
  auto [Name, Arguments] = Text.split('(');
  StringRef Plain = Name.trim();
  Plain.consume_front("::");
  Result.Name = Plain.str();
  bool HasName = !Result.Name.empty() &&
                 all_of(Result.Name, [](char C) { return isAlnum(C) || C == '_' || C == ':'; });
  bool HasArguments = Name.size() != Text.size();
  ArgumentParser Parser(Arguments);
  auto Values = HasArguments ? Parser.list(")", 0) : std::vector<TreeValue>();
  if (!HasName || !Values || !Parser.Rest.trim().empty())
    return failure("'" + Text +
                   "' names no class. Next: write its name, or its name with the constructor's "
                   "arguments, as in 'Net(10, {2, 2}, true, \"relu\")'");
  Result.Arguments = std::move(*Values);
  return Result;
}

} // namespace torchtidy
