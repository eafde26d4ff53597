// Questions whether a module is a holder.
#include "model/modules/HolderCasts.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "p Conv2d Conv2dImpl", or nothing.
std::string cast(llvm::StringRef Marked) {
  MarkedSnippet Snippet(("#include <typeinfo>\nusing namespace torch; "
                         "void f(nn::Module *m, nn::Module &r, std::shared_ptr<nn::Module> s, "
                         "nn::Linear l) { (void)(" +
                         Marked + "); }")
                            .str());
  std::optional<HolderCast> Found =
      asHolderCast(Snippet.within<Expr>()->IgnoreUnlessSpelledInSource());
  if (!Found)
    return "";
  return std::string(1, "prt"[Found->Is]) + " " + Found->Holder->getNameAsString() + " " +
         Found->Module->getNameAsString();
}

TEST(HolderCasts, AskWhatNoModuleIs) {
  EXPECT_EQ(cast("[[dynamic_cast<nn::Conv2d *>(m)]]"), "p Conv2d Conv2dImpl");
  EXPECT_EQ(cast("[[dynamic_cast<nn::Conv2d &>(r)]]"), "r Conv2d Conv2dImpl");
  EXPECT_EQ(cast("[[std::dynamic_pointer_cast<nn::Linear>(s)]]"), "p Linear LinearImpl");
  EXPECT_EQ(cast("[[typeid(*m) == typeid(nn::Linear)]]"), "t Linear LinearImpl");
  EXPECT_EQ(cast("[[typeid(nn::Linear) == typeid(r)]]"), "t Linear LinearImpl");
}

TEST(HolderCasts, AreNotThoseToModules) {
  EXPECT_EQ(cast("[[dynamic_cast<nn::Conv2dImpl *>(m)]]"), "");
  EXPECT_EQ(cast("[[std::dynamic_pointer_cast<nn::LinearImpl>(s)]]"), "");
  EXPECT_EQ(cast("[[typeid(*m) == typeid(nn::LinearImpl)]]"), "");
  EXPECT_EQ(cast("[[typeid(l) == typeid(nn::Linear)]]"), "");
}

} // namespace
