// Commands of NVCC's as clang's host side reads them.
#include "support/CudaCommand.h"
#include "support/FilePaths.h"
#include "support/ResourceDirectory.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

class CudaCommand : public ::testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> Made;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cuda-command", Made));
    Root = std::string(Made);
    ::setenv("CUDA_HOME", "/nonexistent", 1);
  }
  void TearDown() override {
    ::unsetenv("CUDA_HOME");
    llvm::sys::fs::remove_directories(Root);
  }

  void write(const std::string &Name, const std::string &Text) {
    std::string Path = joinPath(Root, Name);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path));
    std::ofstream(Path) << Text;
  }

  // What is left of the command's own flags.
  std::vector<std::string> kept(std::vector<std::string> Args) {
    Args.insert(Args.begin(), "nvcc");
    useHostSide(Args, Root);
    auto Resources = llvm::find(Args, resourceDirectory() + "/include");
    EXPECT_NE(Resources, Args.end());
    return {Resources + 1, Args.end()};
  }

  std::string Root;
};

using Words = std::vector<std::string>;

TEST_F(CudaCommand, IsKnownByItsFileOrItsLanguage) {
  EXPECT_TRUE(isCudaCommand("a.cu", {"nvcc", "a.cu"}));
  EXPECT_TRUE(isCudaCommand("a.cpp", {"nvcc", "-x", "cu", "a.cpp"}));
  EXPECT_FALSE(isCudaCommand("a.cpp", {"clang++", "-x", "c++", "a.cpp"}));
  EXPECT_FALSE(isCudaCommand("a.cpp", {"clang++", "a.cpp", "-x"}));
}

TEST_F(CudaCommand, LosesWhatIsForTheDevice) {
  EXPECT_EQ(kept({"-O2", "--generate-code=arch=compute_80,code=[compute_80,sm_80]", "-gencode",
                  "arch=compute_90,code=sm_90", "-arch=sm_80", "-lineinfo", "-G", "-dc",
                  "--expt-relaxed-constexpr", "-Xptxas", "-v", "-std=c++17", "-x", "cu", "a.cu"}),
            (Words{"-O2", "-std=c++17", "a.cu"}));
}

TEST_F(CudaCommand, GivesTheHostCompilerItsOwn) {
  EXPECT_EQ(kept({"-Xcompiler=-fPIC,-DLEVEL=2", "-Xcompiler", "-fopenmp", "--compiler-options",
                  "\"-Wall,-Wextra\"", "-ccbin", "g++", "a.cu"}),
            (Words{"-fPIC", "-DLEVEL=2", "-fopenmp", "-Wall", "-Wextra", "a.cu"}));
}

TEST_F(CudaCommand, SpellsSearchPathsAsClangDoes) {
  EXPECT_EQ(kept({"-isystem=/a", "--system-include=/b", "-isystem", "/c", "-I/d", "a.cu"}),
            (Words{"-isystem", "/a", "-isystem", "/b", "-isystem", "/c", "-I/d", "a.cu"}));
}

TEST_F(CudaCommand, ReadsFilesOfOptions) {
  write("build/includes_CUDA.rsp", "-I\"/with space/include\" -isystem=/e\n");
  write("loop.rsp", "--options-file loop.rsp -DX");
  EXPECT_EQ(kept({"--options-file", "build/includes_CUDA.rsp", "-DX", "a.cu"}),
            (Words{"-I/with space/include", "-isystem", "/e", "-DX", "a.cu"}));
  EXPECT_EQ(kept({"--options-file=gone.rsp", "a.cu"}), Words{"a.cu"});
  EXPECT_EQ(kept({"--options-file=loop.rsp", "a.cu"}).back(), "a.cu");
}

TEST_F(CudaCommand, FindsTheToolkit) {
  auto headersOf = [&](Words Args) {
    useHostSide(Args, Root);
    auto Toolkit =
        llvm::find_if(Args, [](llvm::StringRef Arg) { return Arg.ends_with("/cuda/include"); });
    return Toolkit == Args.end() ? "" : *Toolkit;
  };
  std::string Headers = joinPath(Root, "cuda/include");
  write("cuda/include/cuda_runtime.h", "");
  EXPECT_EQ(headersOf({"nvcc", "--cuda-path=cuda", "a.cu"}), "")
      << "without the folder crt no header of it can be read";
  write("cuda/include/crt/host_defines.h", "");
  EXPECT_EQ(headersOf({"nvcc", "--cuda-path=cuda", "a.cu"}), Headers);
  write("cuda/bin/nvcc", "");
  EXPECT_EQ(headersOf({realPath(joinPath(Root, "cuda/bin/nvcc")), "a.cu"}),
            realPath(joinPath(Root, "cuda")) + "/include");
  EXPECT_EQ(headersOf({"nvcc", "a.cu"}), "");
  ::setenv("CUDA_HOME", joinPath(Root, "cuda").c_str(), 1);
  EXPECT_EQ(headersOf({"nvcc", "a.cu"}), Headers);
}

TEST_F(CudaCommand, IsClangsOwnWithAWholeToolkitThatItKnows) {
  auto isReadable = [&] { return hasReadableToolkit({"nvcc", "--cuda-path=cuda", "a.cu"}, Root); };
  EXPECT_FALSE(isReadable());
  write("cuda/include/cuda_runtime.h", "");
  write("cuda/include/crt/host_defines.h", "");
  write("cuda/include/cuda.h", "// CUDA\n#define CUDA_VERSION 12000\n");
  EXPECT_FALSE(isReadable()) << "a part is missing";
  write("cuda/include/curand_mtgp32_kernel.h", "");
  EXPECT_TRUE(isReadable());
  write("cuda/include/cuda.h", "#define CUDA_VERSION 13000\n");
  EXPECT_FALSE(isReadable()) << "newer than clang knows";
  EXPECT_FALSE(hasReadableToolkit({}, Root));
}

TEST(CudaLaunches, HaveTheirBracketsTogether) {
  EXPECT_EQ(withLaunchBrackets("k << <1, 2 >> > (x);"), "k <<< 1, 2 >>>  (x);");
  EXPECT_EQ(withLaunchBrackets("k<N> << <(n + 1) / 2, 2>>>(x); f<A<B<C>> >();"),
            "k<N> <<< (n + 1) / 2, 2>>>(x); f<A<B<C>> >();");
  EXPECT_EQ(withLaunchBrackets("k<<<1, 2>>>(x); A<B<C<D>> > y;"), "k<<<1, 2>>>(x); A<B<C<D>> > y;");
  EXPECT_EQ(withLaunchBrackets("a << <; b"), "a << <; b");
}

} // namespace
