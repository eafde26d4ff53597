// Snippets in which a test marks the places that it asks about, after clang's Annotations (whose
// library no distribution ships).
//
//   MarkedSnippet Snippet("void f(torch::Tensor x) { $call^g(^x, [[x + x]]); }");
//   const auto *Call = Snippet.at<clang::CallExpr>("call");   // the call of g
//   const auto *Read = Snippet.at<clang::DeclRefExpr>();      // the first x
//   const auto *Sum = Snippet.within<clang::Expr>();          // x + x
//
//   ^  $name^                   a point: the node whose own location it is (a declared name, the
//   name of a called
//                               member), else the outermost that begins there
//   [[text]]  $name[[text]]     a range: the outermost node of exactly that text
//
// Names repeat: all("name") has every node marked so, in order. `^` and `[[` cannot be written as
// C++.
#ifndef TORCHTIDY_TEST_UNIT_MARKEDSNIPPET_H
#define TORCHTIDY_TEST_UNIT_MARKEDSNIPPET_H

#include "ParseSnippet.h"
#include "clang/AST/ASTTypeTraits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace torchtidy::test {

/// Text without its marks, and where they stood, as offsets into it.
struct MarkedText {
  struct Range {
    unsigned Begin, End;
  };
  explicit MarkedText(llvm::StringRef Marked);
  std::string Code;
  llvm::StringMap<std::vector<unsigned>> Points;
  llvm::StringMap<std::vector<Range>> Ranges;
};

class MarkedSnippet {
public:
  /// As parse() in ParseSnippet.h.
  explicit MarkedSnippet(llvm::StringRef Marked);

  clang::ASTUnit &unit() const { return *Unit; }
  clang::ASTContext &context() const { return Unit->getASTContext(); }
  template <typename DeclType> const DeclType *find(llvm::StringRef QualifiedName) const {
    return test::find<DeclType>(*Unit, QualifiedName);
  }

  /// The node at the only point of that name; null, and the test fails, when there is none.
  template <typename NodeType> const NodeType *at(llvm::StringRef Name = "") const {
    return only(all<NodeType>(Name), Name);
  }
  /// The nodes at all points of that name, in order.
  template <typename NodeType> std::vector<const NodeType *> all(llvm::StringRef Name = "") const {
    std::vector<const NodeType *> Found;
    for (unsigned Point : points(Name))
      Found.push_back(first<NodeType>(nodesAt(Point), Name));
    return Found;
  }
  /// The node that is the only range of that name.
  template <typename NodeType> const NodeType *within(llvm::StringRef Name = "") const {
    std::vector<const NodeType *> Found;
    for (MarkedText::Range Range : Text.Ranges.lookup(Name))
      Found.push_back(first<NodeType>(nodesOver(Range), Name));
    return only(Found, Name);
  }

  /// Where the points of that name stand, to be compared with offset() of what was found.
  std::vector<unsigned> points(llvm::StringRef Name = "") const { return Text.Points.lookup(Name); }
  unsigned offset(clang::SourceLocation Location) const;

private:
  /// Those whose own location the point is before those that begin there; outer before inner.
  std::vector<clang::DynTypedNode> nodesAt(unsigned Point) const;
  std::vector<clang::DynTypedNode> nodesOver(MarkedText::Range Range) const;

  template <typename NodeType>
  static const NodeType *first(llvm::ArrayRef<clang::DynTypedNode> Nodes, llvm::StringRef Name) {
    for (const clang::DynTypedNode &Node : Nodes)
      if (const auto *Found = Node.get<NodeType>())
        return Found;
    ADD_FAILURE() << "the mark '" << Name.str() << "' is at no such node";
    return nullptr;
  }
  template <typename NodeType>
  static const NodeType *only(const std::vector<const NodeType *> &Found, llvm::StringRef Name) {
    if (Found.size() == 1)
      return Found.front();
    ADD_FAILURE() << Found.size() << " marks '" << Name.str() << "', not 1";
    return nullptr;
  }

  MarkedText Text;
  std::unique_ptr<clang::ASTUnit> Unit;
  std::vector<clang::DynTypedNode> Nodes; ///< all of the snippet, outer before inner
};

} // namespace torchtidy::test

#endif
