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

  // What stands before Close, which is taken, too. `.width = 64` goes to Named, where there is one.
  std::optional<std::vector<TreeValue>> list(StringRef Close, unsigned Depth,
                                             std::map<std::string, TreeValue> *Named = nullptr) {
    std::vector<TreeValue> Values;
    Rest = Rest.ltrim();
    if (Rest.consume_front(Close))
      return Values;
    while (Depth < MaxDepth) {
      std::string Name;
      if (Named && Rest.starts_with(".") && Rest.size() > 1 && !isDigit(Rest[1])) {
        Name = member();
        if (Name.empty() || !Rest.consume_front("="))
          return std::nullopt;
        Rest = Rest.ltrim();
      } else if (Named && !Named->empty()) {
        return std::nullopt; // members by name come last
      }
      auto Value = one(Depth);
      if (!Value)
        return std::nullopt;
      if (Name.empty())
        Values.push_back(std::move(*Value));
      else
        (*Named)[Name] = std::move(*Value);
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
  // `width` of `.width`, and the blanks behind it.
  std::string member() {
    Rest = Rest.drop_front();
    StringRef Name = Rest.take_while([](char C) { return isAlnum(C) || C == '_'; });
    Rest = Rest.drop_front(Name.size()).ltrim();
    return Name.str();
  }

  // A list, or an object of a class with its members: what follows its name and `{` or `(`.
  std::optional<TreeValue> object(StringRef Class, StringRef Close, unsigned Depth) {
    auto Named = std::make_shared<std::map<std::string, TreeValue>>();
    auto Items = list(Close, Depth + 1, Close == "}" ? Named.get() : nullptr);
    if (!Items)
      return std::nullopt;
    TreeValue V = listOf(std::move(*Items));
    V.Words = Class.str();
    // `Options(3).width(64)`
    while (!Class.empty() && Rest.ltrim().starts_with(".")) {
      Rest = Rest.ltrim();
      std::string Name = member();
      if (Name.empty() || !Rest.consume_front("("))
        return std::nullopt;
      auto Given = list(")", Depth + 1);
      if (!Given || Given->size() != 1)
        return std::nullopt;
      (*Named)[Name] = std::move(Given->front());
    }
    if (!Class.empty() || !Named->empty())
      V.Named = std::move(Named);
    return V;
  }

  std::optional<TreeValue> one(unsigned Depth) {
    TreeValue V;
    if (Rest.consume_front("{"))
      return object("", "}", Depth);
    if (Rest.starts_with("\"") || Rest.starts_with("'")) {
      size_t End = Rest.find(Rest.front(), 1);
      if (End == StringRef::npos)
        return std::nullopt;
      V = TreeValue::text(Rest.slice(1, End).str());
      Rest = Rest.drop_front(End + 1);
      return V;
    }
    StringRef Class = Rest.take_while([](char C) { return isAlnum(C) || C == '_' || C == ':'; });
    StringRef Behind = Rest.drop_front(Class.size()).ltrim();
    if (!Class.empty() && !isDigit(Class.front()) && !Behind.empty() &&
        (Behind.front() == '(' || Behind.front() == '{')) {
      Rest = Behind.drop_front();
      Class.consume_front("::");
      return object(Class, Behind.front() == '(' ? ")" : "}", Depth);
    }
    StringRef Word =
        Rest.take_while([](char C) { return isAlnum(C) || StringRef("+-._").contains(C); });
    Rest = Rest.drop_front(Word.size());
    int64_t Number = 0;
    if (Word == "true" || Word == "false")
      return TreeValue::integer(Word == "true");
    if (!Word.getAsInteger(10, Number))
      return TreeValue::integer(Number);
    if (Word == "nullptr" || Word == "nullopt")
      return nullValue();
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
  // With the arguments of a template: `Net<float, 8>`.
  auto [Template, Instance] = Plain.split('<');
  bool HasName = !Template.empty() &&
                 all_of(Template, [](char C) { return isAlnum(C) || C == '_' || C == ':'; }) &&
                 (Template.size() == Plain.size() ||
                  (Instance.ends_with(">") && Instance.count('<') + 1 == Instance.count('>')));
  bool HasArguments = Name.size() != Text.size();
  ArgumentParser Parser(Arguments);
  auto Values = HasArguments ? Parser.list(")", 0) : std::vector<TreeValue>();
  if (!HasName || !Values || !Parser.Rest.trim().empty())
    return failure("'" + Text +
                   "' names no class. Next: write its name, or its name with the constructor's "
                   "arguments, as in 'Net(10, {2, 2}, true, \"relu\")', 'Net({.width = 64})' or "
                   "'Net<3>(Options(8).depth(2))'");
  Result.Arguments = std::move(*Values);
  return Result;
}

} // namespace torchtidy
