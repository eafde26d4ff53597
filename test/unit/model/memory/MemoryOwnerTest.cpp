// Whose memory a pointer shows, for the ways in which people write one.
#include "model/memory/MemoryOwner.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Before = R"cpp(
#include <memory>
#include <string>
namespace cv {
struct MatExpr;
struct Mat {
  Mat();
  Mat(int rows, int cols, int type);
  Mat(int rows, int cols, int type, void *data);
  Mat(const Mat &);
  Mat &operator=(const Mat &);
  Mat clone() const;
  Mat row(int) const;
  template <typename T> T *ptr(int = 0);
  unsigned char *data;
};
Mat imread(const std::string &);
void resize(const Mat &, Mat &, int);
}
std::vector<float> make();
struct Frame { std::vector<float> pixels; float inlined[4]; float *elsewhere; };
extern std::vector<float> global;
void show(void *);
struct Reader {
  std::vector<float> member; float *raw;
  void run(std::vector<float> copied, std::vector<float> &referred, float *pointer, cv::Mat image) {
)cpp";

// "local owner", "own local owner" where the buffer is the owner's own; "temporary", "named owner",
// "unknown".
std::string ownerIn(llvm::StringRef Body) {
  MarkedSnippet Snippet((Before + Body + " } };").str());
  ProjectIndex Index(Snippet.context());
  MemoryOwner Owner = MemoryOwners(Index).behind(Snippet.at<CallExpr>()->getArg(0));
  std::string Name = Owner.Owner ? " " + Owner.Owner->getNameAsString() : "";
  llvm::StringRef Own = Owner.IsOwnBuffer ? "own " : "";
  switch (Owner.End) {
  case MemoryEnd::Unknown:
    return "unknown";
  case MemoryEnd::Statement:
    return "temporary";
  case MemoryEnd::Scope:
    return (Own + "local" + Name).str();
  case MemoryEnd::Explicit:
    return (Own + "named" + Name).str();
  }
  return "";
}

TEST(MemoryOwners, KnowLocals) {
  EXPECT_EQ(ownerIn("std::vector<float> v(3); ^show(v.data());"), "own local v");
  EXPECT_EQ(ownerIn("std::vector<float> v(3); ^show(&v[0]);"), "own local v");
  EXPECT_EQ(ownerIn("std::vector<float> v(3); ^show(&*v.begin());"), "own local v");
  EXPECT_EQ(ownerIn("std::vector<float> v(3); ^show(&v.front() + 2);"), "own local v");
  EXPECT_EQ(ownerIn("std::vector<float> v(3); float *p = v.data(); ^show((void *)(p + 1));"),
            "own local v");
  EXPECT_EQ(ownerIn("std::vector<std::vector<float>> v(3); ^show(v[0].data());"), "local v");
  EXPECT_EQ(ownerIn("std::array<float, 3> a{}; ^show(a.data());"), "local a");
  EXPECT_EQ(ownerIn("float a[3]; ^show(a);"), "local a");
  EXPECT_EQ(ownerIn("float x; ^show(&x);"), "local x");
  EXPECT_EQ(ownerIn("std::string s; ^show(const_cast<char *>(s.c_str()));"), "own local s");
  EXPECT_EQ(ownerIn("auto p = std::make_unique<float[]>(3); ^show(p.get());"), "own local p");
  EXPECT_EQ(ownerIn("Frame f; ^show(f.pixels.data());"), "local f");
  EXPECT_EQ(ownerIn("Frame f; ^show(f.inlined);"), "local f");
  EXPECT_EQ(ownerIn("const auto &v = make(); ^show((void *)v.data());"), "own local v");
  EXPECT_EQ(ownerIn("^show(copied.data());"), "own local copied");
  EXPECT_EQ(ownerIn("auto p = std::make_shared<std::vector<float>>(3); ^show(p->data());"),
            "own local p");
  EXPECT_EQ(ownerIn("auto p = std::make_shared<std::vector<float>>(3); auto q = p;"
                    "^show(p->data());"),
            "unknown"); // another holds it
}

TEST(MemoryOwners, KnowTemporaries) {
  EXPECT_EQ(ownerIn("^show(std::vector<float>{1, 2}.data());"), "temporary");
  EXPECT_EQ(ownerIn("^show(make().data());"), "temporary");
  EXPECT_EQ(ownerIn("^show(cv::imread(\"x\").data);"), "temporary");
  EXPECT_EQ(ownerIn("^show(torch::rand({3}).data_ptr());"), "temporary");
}

TEST(MemoryOwners, KnowWhatOutlivesTheFunction) {
  EXPECT_EQ(ownerIn("^show(member.data());"), "own named member");
  EXPECT_EQ(ownerIn("auto &v = member; ^show(v.data());"), "named member");
  EXPECT_EQ(ownerIn("^show(referred.data());"), "own named referred");
  EXPECT_EQ(ownerIn("^show(pointer);"), "named pointer");
  EXPECT_EQ(ownerIn("^show(raw);"), "named raw");
  EXPECT_EQ(ownerIn("^show(global.data());"), "own named global");
  EXPECT_EQ(ownerIn("static float a[3]; ^show(a);"), "named a");
  EXPECT_EQ(ownerIn("auto *p = new float[3]; ^show(p);"), "named p");
  EXPECT_EQ(ownerIn("auto *p = (float *)malloc(12); float *q = p; ^show(q);"), "named p");
}

TEST(MemoryOwners, KnowHandles) {
  EXPECT_EQ(ownerIn("cv::Mat m = cv::imread(\"x\"); ^show(m.data);"), "own local m");
  EXPECT_EQ(ownerIn("cv::Mat m; cv::resize(image, m, 2); ^show(m.ptr<float>());"), "own local m");
  EXPECT_EQ(ownerIn("cv::Mat m = image.clone(); ^show(m.data);"), "own local m");
  EXPECT_EQ(ownerIn("cv::Mat m(2, 2, 0); ^show(m.data);"), "own local m");
  // Copies share; parts and wrapped pointers too.
  EXPECT_EQ(ownerIn("^show(image.data);"), "named image");
  EXPECT_EQ(ownerIn("cv::Mat m = image; ^show(m.data);"), "unknown");
  EXPECT_EQ(ownerIn("cv::Mat m = image.row(0); ^show(m.data);"), "unknown");
  EXPECT_EQ(ownerIn("cv::Mat m(2, 2, 0, pointer); ^show(m.data);"), "unknown");
  EXPECT_EQ(ownerIn("cv::Mat m = cv::imread(\"x\"); cv::Mat other = m; ^show(m.data);"), "unknown");
  EXPECT_EQ(ownerIn("auto t = torch::rand({3}); ^show(t.data_ptr());"), "own local t");
  EXPECT_EQ(ownerIn("auto t = torch::rand({3}); auto u = t; ^show(t.data_ptr());"), "unknown");
}

TEST(MemoryOwners, LeaveAloneWhatTheyCannotTell) {
  EXPECT_EQ(ownerIn("Frame f; ^show(f.elsewhere);"), "unknown");
  EXPECT_EQ(ownerIn("Frame *f = new Frame; ^show(f->pixels.data());"), "unknown");
  EXPECT_EQ(ownerIn("^show(pointer ? pointer : raw);"), "unknown");
}

} // namespace
