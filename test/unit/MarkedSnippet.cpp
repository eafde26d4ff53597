#include "MarkedSnippet.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Lex/Lexer.h"

namespace torchtidy::test {

MarkedText::MarkedText(llvm::StringRef Marked) {
  std::vector<std::pair<std::string, unsigned>> Open;
  while (!Marked.empty()) {
    llvm::StringRef Rest = Marked, Name;
    if (Rest.consume_front("$")) {
      Name = Rest.take_while([](char C) { return llvm::isAlnum(C) || C == '_' || C == '-'; });
      Rest = Rest.drop_front(Name.size());
    }
    if (Rest.consume_front("^")) {
      Points[Name].push_back(Code.size());
    } else if (Rest.consume_front("[[")) {
      Open.emplace_back(Name.str(), Code.size());
    } else if (!Open.empty() && (Rest = Marked).consume_front("]]")) {
      Ranges[Open.back().first].push_back({Open.back().second, static_cast<unsigned>(Code.size())});
      Open.pop_back();
    } else {
      Code += Marked.front();
      Rest = Marked.drop_front();
    }
    Marked = Rest;
  }
  for (const auto &[Name, Begin] : Open)
    ADD_FAILURE() << "the range '" << Name << "' has no end";
}

namespace {
class Collector : public clang::RecursiveASTVisitor<Collector> {
public:
  explicit Collector(std::vector<clang::DynTypedNode> &Nodes) : Nodes(Nodes) {}
  bool VisitStmt(clang::Stmt *S) { return Nodes.push_back(clang::DynTypedNode::create(*S)), true; }
  bool VisitDecl(clang::Decl *D) {
    if (!D->isImplicit())
      Nodes.push_back(clang::DynTypedNode::create(*D));
    return true;
  }

private:
  std::vector<clang::DynTypedNode> &Nodes;
};

clang::SourceLocation ownLocation(const clang::DynTypedNode &Node) {
  if (const auto *D = Node.get<clang::Decl>())
    return D->getLocation();
  const auto *E = Node.get<clang::Expr>();
  return E ? E->getExprLoc() : clang::SourceLocation();
}
} // namespace

MarkedSnippet::MarkedSnippet(llvm::StringRef Marked) : Text(Marked), Unit(parse(Text.Code)) {
  if (!Unit)
    return;
  Collector Visitor(Nodes);
  for (auto I = Unit->top_level_begin(); I != Unit->top_level_end(); ++I)
    Visitor.TraverseDecl(*I);
}

unsigned MarkedSnippet::offset(clang::SourceLocation Location) const {
  const clang::SourceManager &Sources = Unit->getSourceManager();
  return Sources.getFileOffset(Sources.getFileLoc(Location));
}

std::vector<clang::DynTypedNode> MarkedSnippet::nodesAt(unsigned Point) const {
  clang::SourceManager &Sources = Unit->getSourceManager();
  clang::SourceLocation At =
      Sources.getLocForStartOfFile(Sources.getMainFileID()).getLocWithOffset(Point);
  std::vector<clang::DynTypedNode> Found;
  for (const clang::DynTypedNode &Node : Nodes)
    if (Sources.getFileLoc(ownLocation(Node)) == At)
      Found.push_back(Node);
  for (const clang::DynTypedNode &Node : Nodes)
    if (Sources.getFileLoc(Node.getSourceRange().getBegin()) == At)
      Found.push_back(Node);
  return Found;
}

std::vector<clang::DynTypedNode> MarkedSnippet::nodesOver(MarkedText::Range Range) const {
  std::vector<clang::DynTypedNode> Found;
  const clang::SourceManager &Sources = Unit->getSourceManager();
  for (const clang::DynTypedNode &Node : Nodes) {
    clang::CharSourceRange Covered = clang::Lexer::makeFileCharRange(
        clang::CharSourceRange::getTokenRange(Node.getSourceRange()), Sources, Unit->getLangOpts());
    if (Covered.isValid() && Sources.isWrittenInMainFile(Covered.getBegin()) &&
        Sources.getFileOffset(Covered.getBegin()) == Range.Begin &&
        Sources.getFileOffset(Covered.getEnd()) == Range.End)
      Found.push_back(Node);
  }
  return Found;
}

} // namespace torchtidy::test
