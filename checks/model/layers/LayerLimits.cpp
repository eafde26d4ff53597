#include "model/layers/LayerLimits.h"
#include "model/layers/GivenOptions.h"
#include "model/syntax/Names.h"
#include "model/syntax/Places.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace clang;

namespace torchtidy {

namespace {

struct Limit {
  Layer Of;
  LayerFamily Family; // where Of is None
  llvm::StringLiteral Option, Parts;
  int64_t Number;

  bool speaksOf(Layer L) const { return Of == L || (Of == Layer::None && Family == familyOf(L)); }
};

constexpr Limit Least[] = {
#define LEAST(Name, Option, Number) {Layer::Name, LayerFamily::Other, #Option, "", Number},
#define LEAST_OF_FAMILY(Family, Option, Number)                                                    \
  {Layer::None, LayerFamily::Family, #Option, "", Number},
#include "model/torch/LayerLimits.def"
};

constexpr Limit Probabilities[] = {
#define PROBABILITY(Name, Option) {Layer::Name, LayerFamily::Other, #Option, "", 0},
#define PROBABILITY_OF_FAMILY(Family, Option) {Layer::None, LayerFamily::Family, #Option, "", 0},
#include "model/torch/LayerLimits.def"
};

constexpr Limit Divides[] = {
#define DIVIDES(Name, Whole, Parts) {Layer::Name, LayerFamily::Other, #Whole, #Parts, 0},
#define DIVIDES_OF_FAMILY(Family, Whole, Parts)                                                    \
  {Layer::None, LayerFamily::Family, #Whole, #Parts, 0},
#include "model/torch/LayerLimits.def"
};

// Of an option with a number a dimension, or one for all.
int64_t numberOf(llvm::ArrayRef<int64_t> Numbers, size_t Dimension) {
  return Numbers[Numbers.size() == 1 ? 0 : Dimension];
}

std::string shortest(double Number) {
  std::string Text;
  llvm::raw_string_ostream(Text) << llvm::format("%g", Number);
  return Text;
}

class LimitReader {
public:
  LimitReader(Layer L, const GivenOptions &Given) : L(L), Given(Given) {}

  std::string read() const {
    for (auto Read :
         {&LimitReader::tooSmall, &LimitReader::noProbability, &LimitReader::undivided,
          &LimitReader::ofConvolution, &LimitReader::ofPooling, &LimitReader::ofTheRest})
      if (std::string Broken = (this->*Read)(); !Broken.empty())
        return Broken;
    return "";
  }

private:
  std::string tooSmall() const {
    for (const Limit &Each : Least)
      if (Each.speaksOf(L))
        for (int64_t Number : Given.integers(Each.Option))
          if (Number < Each.Number)
            return llvm::formatv("{0} is {1} and has to be at least {2}", Each.Option, Number,
                                 Each.Number);
    return "";
  }

  std::string noProbability() const {
    for (const Limit &Each : Probabilities)
      if (Each.speaksOf(L))
        if (std::optional<double> P = Given.number(Each.Option); P && (*P < 0 || *P > 1))
          return llvm::formatv("{0} is {1} and has to lie between 0 and 1", Each.Option,
                               shortest(*P));
    return "";
  }

  std::string undivided() const {
    for (const Limit &Each : Divides) {
      std::optional<int64_t> Whole = Given.integer(Each.Option), Parts = Given.integer(Each.Parts);
      if (Each.speaksOf(L) && Whole && Parts && *Parts > 0 && *Whole % *Parts)
        return llvm::formatv("{0} is {1}, which {2}, {3}, does not divide", Each.Option, *Whole,
                             Each.Parts, *Parts);
    }
    // Without weights it takes any number of channels, and asks the input's.
    std::optional<int64_t> Channels = Given.integer("num_channels"),
                           Groups = Given.integer("num_groups");
    if (L == Layer::GroupNorm && Channels && Groups && *Groups > 0 && *Channels % *Groups &&
        Given.areAll() && !Given.find("affine"))
      return llvm::formatv("num_channels is {0}, which num_groups, {1}, does not divide", *Channels,
                           *Groups);
    return "";
  }

  std::string ofConvolution() const {
    if (familyOf(L) != LayerFamily::Convolution)
      return "";
    auto Strides = Given.integers(StrideOption), Dilations = Given.integers("dilation"),
         Added = Given.integers("output_padding");
    const ValueDecl *Padding = Given.find("padding") ? namedDecl(Given.find("padding")) : nullptr;
    if (Padding && nameOf(Padding) == "kSame" &&
        llvm::any_of(Strides, [](int64_t Stride) { return Stride != 1; }))
      return "padding is 'same', which only a stride of 1 can have";
    bool AreKnown = Given.areAll() && (!Given.find(StrideOption) || !Strides.empty()) &&
                    (!Given.find("dilation") || !Dilations.empty());
    for (size_t I = 0; AreKnown && I < Added.size(); ++I) {
      int64_t Stride = Strides.empty() ? 1 : numberOf(Strides, I),
              Dilation = Dilations.empty() ? 1 : numberOf(Dilations, I);
      if (Added[I] >= std::max(Stride, Dilation))
        return llvm::formatv("output_padding is {0} and has to be smaller than stride, {1}, or "
                             "dilation, {2}",
                             Added[I], Stride, Dilation);
    }
    return "";
  }

  std::string ofPooling() const {
    if (familyOf(L) != LayerFamily::Pooling)
      return "";
    auto Kernel = Given.integers("kernel_size"), Padding = Given.integers("padding");
    for (size_t I = 0; !Kernel.empty() && I < Padding.size(); ++I)
      if (Padding[I] > numberOf(Kernel, I) / 2)
        return llvm::formatv("padding is {0} and may be half of kernel_size, {1}, at most",
                             Padding[I], numberOf(Kernel, I));
    return "";
  }

  std::string ofTheRest() const {
    std::optional<int64_t> Index = Given.integer("padding_idx"),
                           Rows = Given.integer("num_embeddings");
    if (familyOf(L) == LayerFamily::Embedding && Index && Rows &&
        (*Index >= *Rows || *Index < -*Rows))
      return llvm::formatv("padding_idx is {0}, and there are {1} embeddings", *Index, *Rows);
    std::optional<int64_t> Projected = Given.integer("proj_size"),
                           Hidden = Given.integer("hidden_size");
    if (L == Layer::LSTM && Projected && Hidden && (*Projected < 0 || *Projected >= *Hidden))
      return llvm::formatv("proj_size is {0} and has to be smaller than hidden_size, {1}",
                           *Projected, *Hidden);
    if (L == Layer::Upsample && Given.find("size") && Given.find("scale_factor"))
      return "both size and scale_factor are given";
    if (L == Layer::Upsample && Given.areAll() && !Given.find("size") &&
        !Given.find("scale_factor"))
      return "neither size nor scale_factor is given";
    return "";
  }

  Layer L;
  const GivenOptions &Given;
};

} // namespace

std::string brokenLimit(const Expr *Construction, Layer L, const ASTContext &Context) {
  GivenOptions Given(Construction, L, Context);
  return LimitReader(L, Given).read();
}

} // namespace torchtidy
