// Terms are written and read back; what is damaged is refused.
#include "model/summaries/Term.h"
#include "KeysOfSnippet.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(Term, IsReadAsItWasWritten) {
  Term T(
      TermKind::Register, "module",
      {Term(TermKind::This), Term(TermKind::Text, "fc \xff"), Term(TermKind::Integer, "", {}, -3)},
      0, "note", 12);
  Term Read;
  llvm::json::Path::Root Root;
  ASSERT_TRUE(fromJSON(toJSON(T), Read, Root));
  EXPECT_EQ(toJSON(Read), toJSON(T));
  EXPECT_EQ(Read.Line, 12u);
  EXPECT_EQ(Read.Parts[2].Number, -3);
}

TEST(Term, IsRefusedWhereItIsDamaged) {
  for (llvm::StringRef Text :
       {"{}", "[]", "[0,\"\",0,0]", "[99,\"\",0,0,\"\"]", "[-1,\"\",0,0,\"\"]",
        "[\"x\",\"\",0,0,\"\"]",
        // a field without a value, `a &&`
        "[14,\"\",0,0,\"\",[4,\"\",0,0,\"\"]]", "[8,\"&&\",0,0,\"\",[4,\"\",0,0,\"\"]]",
        // a registration without a name
        "[23,\"module\",0,0,\"\",[5,\"\",0,0,\"\"]]"}) {
    Term Read;
    llvm::json::Path::Root Root;
    auto Value = llvm::json::parse(Text);
    ASSERT_TRUE(bool(Value));
    EXPECT_FALSE(fromJSON(*Value, Read, Root)) << Text.str();
  }
}

TEST(Term, IsRefusedWhereItIsTooDeep) {
  Term T;
  for (int I = 0; I < 600; ++I)
    T = Term(TermKind::Block, "", {T});
  Term Read;
  llvm::json::Path::Root Root;
  EXPECT_FALSE(fromJSON(toJSON(T), Read, Root));
}

// As deep as code makes them: `else if` is two levels of terms.
TEST(Term, IsReadAsDeepAsItIsBuilt) {
  std::string Code = "int i = 1; if (i == 0) {}";
  for (int I = 1; I < 110; ++I)
    Code += " else if (i == " + std::to_string(I + 1) + ") {}";
  EXPECT_EQ(test::keysOfBody(Code + " register_buffer(\"b\", torch::ones(1));"), "b[1]");
}

} // namespace
