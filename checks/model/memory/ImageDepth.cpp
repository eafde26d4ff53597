#include "model/memory/ImageDepth.h"
#include "model/memory/ImageTests.h"
#include "model/memory/Images.h"
#include "model/memory/Storage.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10;

// Mat_<float> converts what it is given.
bool isPlain(QualType Type) {
  return isImage(Type) && nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl()) == "Mat";
}

// Functions whose result has the depth of what they are given first.
bool keepsDepth(llvm::StringRef Name) {
  return llvm::is_contained<llvm::StringRef>(
      {"resize", "cvtColor", nameOf(Op::flip), "rotate", nameOf(Op::transpose), "copyMakeBorder",
       "warpAffine", "warpPerspective", "remap", "GaussianBlur", "blur", "medianBlur",
       "bilateralFilter", "undistort", "pyrDown", "pyrUp", "erode", "dilate"},
      Name);
}

// Members whose image shows or copies the elements of their object.
bool handsElements(llvm::StringRef Name) {
  return llvm::is_contained<llvm::StringRef>({nameOf(Op::clone), "row", "col", "rowRange",
                                              "colRange", nameOf(Op::reshape), nameOf(Op::diag)},
                                             Name);
}

class TypeReader {
public:
  TypeReader(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Index(Index), Context(Graphs.context()) {}

  ImageType of(const Expr *E, const Stmt *At, unsigned Steps = 0) {
    E = stripValue(E);
    if (!E || Steps > MaxDepth)
      return {};
    if (const auto *Wrapped = dyn_cast<CXXFunctionalCastExpr>(E))
      return of(Wrapped->getSubExpr(), At, Steps + 1);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return ofConstruct(Construct, At, Steps);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return ofCall(Call, At, Steps);
    if (const FieldDecl *Field = fieldOfThis(E))
      return ofField(Field, At, Steps);
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *Variable = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return Variable ? ofVariable(Variable, At, Steps) : ImageType();
  }

private:
  // --- expressions -------------------------------------------------------------------------------

  template <typename CallType> ImageType spoken(const CallType *Call, const FunctionDecl *Callee) {
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
      if (nameOf(Parameter) == "type" && Parameter->getType()->isIntegerType())
        return constantImageType(Argument, Call, Context);
    return {};
  }

  ImageType ofConstruct(const CXXConstructExpr *Construct, const Stmt *At, unsigned Steps) {
    if (!isPlain(Construct->getType()))
      return {};
    if (writtenArguments(Construct).empty())
      return {ImageType::Nothing, 0, 0, nullptr};
    if (isImage(Construct->getArg(0)->getType())) // a part: Mat(image, roi)
      return of(Construct->getArg(0), At, Steps + 1);
    return spoken(Construct, Construct->getConstructor());
  }

  ImageType ofCall(const CallExpr *Call, const Stmt *At, unsigned Steps) {
    const FunctionDecl *Callee = calleeOf(Call);
    if (outermostNamespace(Callee) != "cv")
      return {};
    const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
    llvm::StringRef Name = nameOf(Callee);
    if (Method && Method->isStatic()) // Mat::zeros(…)
      return spoken(Call, Callee);
    if (Method &&
        (isa<CXXConversionDecl>(Method) || asOperator(Call, OO_Call) || handsElements(Name))) {
      ImageType Found = of(objectOf(Call), At, Steps + 1);
      if (Name == nameOf(Op::reshape))
        Found.Channels = 0;
      return Found;
    }
    return Name == "imread" || Name == "imdecode" ? ofFile(Call) : ImageType();
  }

  // imread(name, flags) gives bytes unless it is told to keep what the file has.
  ImageType ofFile(const CallExpr *Call) const {
    const Expr *Written = argumentFor(Call, 1);
    std::optional<int64_t> Flags =
        Written ? integerConstant(throughDefault(Written), Context) : std::nullopt;
    constexpr int64_t Greyscale = 0, Colour = 1;
    if (Flags != Greyscale && Flags != Colour)
      return {};
    return {ImageType::Known, 0, Flags == Colour ? 3 : 1, Call};
  }

  // What a call writes into the image that it is given.
  ImageType filledBy(const CallExpr *Call, const Stmt *At, unsigned Steps) {
    const FunctionDecl *Callee = calleeOf(Call);
    llvm::StringRef Name = nameOf(Callee);
    if (outermostNamespace(Callee) != "cv")
      return {};
    if (Name == "create")
      return spoken(Call, Callee);
    ImageType Found;
    if (Name == "convertTo" || Name == "copyTo")
      Found = of(objectOf(Call), At, Steps + 1);
    else if (keepsDepth(Name) && argumentFor(Call, 0))
      Found = of(throughProxy(argumentFor(Call, 0)), At, Steps + 1);
    if (Name == "convertTo")
      return converted(Call, Found);
    if (Name == "cvtColor")
      Found.Channels = 0;
    return Found;
  }

  // convertTo(out, type): the depth of it, with the channels that there are.
  ImageType converted(const CallExpr *Call, const ImageType &From) const {
    if (std::optional<int64_t> Type = integerConstant(argumentFor(Call, 1), Context);
        Type && *Type < 0)
      return From;
    ImageType Told = constantImageType(argumentFor(Call, 1), Call, Context);
    Told.Channels = From.Channels;
    return Told;
  }

  // --- variables ---------------------------------------------------------------------------------

  ImageType written(const ImageWrite &Write, unsigned Steps) {
    if (Write.Value)
      return of(Write.Value, Write.At, Steps + 1);
    const auto *Call = dyn_cast<CallExpr>(Write.At);
    return Call ? filledBy(Call, Write.At, Steps + 1) : ImageType();
  }

  // Both may be; what a cycle of writes adds is nothing new.
  static bool agree(ImageType &Found, const ImageType &Other) {
    if (Other.Is == ImageType::Nothing)
      return true;
    if (Other.Is == ImageType::Unknown ||
        (Found.Is == ImageType::Known && Found.Depth != Other.Depth))
      return false;
    int Channels =
        Found.Is == ImageType::Nothing || Found.Channels == Other.Channels ? Other.Channels : 0;
    Found = Other;
    Found.Channels = Channels;
    return true;
  }

  ImageType ofVariable(const VarDecl *Variable, const Stmt *At, unsigned Steps) {
    const FunctionDecl *Body = innermostFunction(At, Context);
    if (!Body || Variable->getDeclContext() != Body || !isPlain(Variable->getType()) ||
        (Variable->getType()->isReferenceType() && !isa<ParmVarDecl>(Variable)))
      return {};
    auto Writes = imageWrites(Variable, Body->getBody(), Context);
    const FunctionPaths *Paths = Graphs.of(Body);
    if (!Writes || !Paths || !Paths->placeOf(At))
      return {};
    if (ImageType Tested = testedImageType(Variable, At, Body, *Writes, Graphs);
        Tested.Is == ImageType::Known)
      return Tested;
    if (asksImageType(Variable, Body->getBody()) ||
        (isa<ParmVarDecl>(Variable) && !isSurelyWritten(At, Body, *Writes)))
      return {};
    if (!Open.insert({Variable, At}).second)
      return {ImageType::Nothing, 0, 0, nullptr};
    ImageType Found = lastWritten(Variable, At, *Paths, *Writes, Steps);
    Open.erase({Variable, At});
    return Found;
  }

  ImageType lastWritten(const VarDecl *Variable, const Stmt *At, const FunctionPaths &Paths,
                        llvm::ArrayRef<ImageWrite> Writes, unsigned Steps) {
    auto IsWrite = [&](const Stmt *S) {
      return S != At && // resize(image, image) reads what it is about to write
             llvm::any_of(Writes, [&](const ImageWrite &Write) { return Write.At == S; });
    };
    auto IsPlace = [&](const Stmt *S) { return S == At; };
    ImageType Found{ImageType::Nothing, 0, 0, nullptr};
    if (const Expr *Init = isa<ParmVarDecl>(Variable) ? nullptr : Variable->getInit()) {
      const Expr *From = stripValue(Init);
      if (!Paths.placeOf(From))
        return {};
      if (Paths.findAfter(From, IsPlace, IsWrite) && !agree(Found, of(Init, From, Steps + 1)))
        return {};
    }
    for (const ImageWrite &Write : Writes) {
      if (!Paths.placeOf(Write.At))
        return {};
      if (Paths.findAfter(Write.At, IsPlace, IsWrite) && !agree(Found, written(Write, Steps)))
        return {};
    }
    return Found;
  }

  bool isSurelyWritten(const Stmt *At, const FunctionDecl *Body,
                       llvm::ArrayRef<ImageWrite> Writes) {
    return PathGuards(Graphs)
        .holdsAt(
            Body, At, [](const Expr *, bool) { return false; },
            [&](const Stmt *S) {
              bool Is = llvm::any_of(Writes, [&](const ImageWrite &W) { return W.At == S; });
              return Is ? Effect::Establishes : Effect::None;
            })
        .Holds;
  }

  // --- members -----------------------------------------------------------------------------------

  // All code that may write to the member is in view.
  static bool isClosed(const FieldDecl *Field) {
    const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
    if (!Class || Field->getAccess() != AS_private || Class->hasFriends() ||
        Field->hasInClassInitializer() ||
        llvm::any_of(Class->decls(), [](const Decl *D) { return isa<FunctionTemplateDecl>(D); }))
      return false;
    return llvm::all_of(Class->methods(), [](const CXXMethodDecl *Method) {
      return Method->isImplicit() || Method->isDefaulted() || Method->isDeleted() ||
             isVisible(Method);
    });
  }

  ImageType ofField(const FieldDecl *Field, const Stmt *At, unsigned Steps) {
    const FunctionDecl *Body = innermostFunction(At, Context);
    if (!Body || !isPlain(Field->getType()) || !isClosed(Field))
      return {};
    if (!Open.insert({Field, nullptr}).second)
      return {ImageType::Nothing, 0, 0, nullptr};
    ImageType Found = agreedOn(Field, Steps);
    Open.erase({Field, nullptr});
    return Found;
  }

  ImageType agreedOn(const FieldDecl *Field, unsigned Steps) {
    ImageType Found{ImageType::Nothing, 0, 0, nullptr};
    for (const FunctionDecl *Function : Index.functions()) {
      if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
        for (const CXXCtorInitializer *Init : Constructor->inits())
          if (Init->getAnyMember() == Field &&
              !agree(Found, of(Init->getInit(), Init->getInit(), Steps + 1)))
            return {};
      for (const Stmt *Code : codeOf(Function)) {
        auto Writes = imageWrites(Field, Code, Context);
        if (!Writes || asksImageType(Field, Code))
          return {};
        for (const ImageWrite &Write : *Writes)
          if (!agree(Found, written(Write, Steps)))
            return {};
      }
    }
    return Found;
  }

  ControlFlowGraphs &Graphs;
  const ProjectIndex &Index;
  ASTContext &Context;
  llvm::DenseSet<std::pair<const ValueDecl *, const Stmt *>> Open; // being read
};

} // namespace

ImageType constantImageType(const Expr *Type, const Expr *Said, const ASTContext &Context) {
  constexpr int DepthMask = 7, ChannelShift = 3; // OpenCV 2 to 4
  std::optional<int64_t> Value = integerConstant(Type, Context);
  if (!Value || *Value < 0)
    return {};
  return {ImageType::Known, int(*Value & DepthMask), int(*Value >> ChannelShift) + 1, Said};
}

ImageType imageTypeAt(const Expr *Image, const Stmt *At, ControlFlowGraphs &Graphs,
                      const ProjectIndex &Index) {
  return TypeReader(Graphs, Index).of(Image, At);
}

} // namespace torchtidy
