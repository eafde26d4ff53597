// Whose memory a pointer shows, and what ends it: `values.data()`, `&v[0]`, `mat.ptr<float>()`,
// `buffer + 5`, and through local pointers and casts. What cannot be told is Unknown: memory behind
// an object of unknown class, shared with what is out of view, or chosen at run time.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_MEMORYOWNER_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_MEMORYOWNER_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// What ends a piece of memory.
enum class MemoryEnd {
  Unknown,
  Statement, // the full expression: a temporary has it
  Scope,     // the scope of a variable of the function, by-value parameters included
  Explicit,  // delete, free, clear and the like alone: the heap, members, what parameters lead to
};

struct MemoryOwner {
  MemoryEnd End = MemoryEnd::Unknown;
  /// The variable, parameter or member; null for a temporary.
  const clang::ValueDecl *Owner = nullptr;
  /// The temporary.
  const clang::Expr *Temporary = nullptr;
  /// It is the owner's own buffer, which ends when the owner grows, is cleared or assigned; not
  /// that of an element or member of it.
  bool IsOwnBuffer = false;
  /// Raw pointers that lead there, by each of which it may be freed.
  llvm::SmallVector<const clang::ValueDecl *, 2> Pointers;

  bool isKnown() const { return End != MemoryEnd::Unknown; }
  /// The function's end, at the latest, ends it.
  bool isLocal() const { return End == MemoryEnd::Statement || End == MemoryEnd::Scope; }
};

class MemoryOwners {
public:
  /// With \p Graphs, of the memory that a handle has at the place; else of all that it may get.
  explicit MemoryOwners(const ProjectIndex &Index, ControlFlowGraphs *Graphs = nullptr)
      : Index(Index), Graphs(Graphs) {}

  /// Of what the pointer or iterator \p Pointer leads to.
  MemoryOwner behind(const clang::Expr *Pointer) const { return behind(Pointer, 0); }
  /// Of the buffer that \p Object keeps or, where it is a view, shows: `v` of `v.data()`.
  MemoryOwner bufferOf(const clang::Expr *Object) const { return bufferOf(Object, 0); }
  /// Of the object \p Object itself, or what it is a part of.
  MemoryOwner owning(const clang::Expr *Object) const { return object(Object, 0); }

private:
  MemoryOwner behind(const clang::Expr *Pointer, unsigned Depth) const;
  MemoryOwner bufferOf(const clang::Expr *Object, unsigned Depth) const;
  MemoryOwner object(const clang::Expr *Object, unsigned Depth) const;
  MemoryOwner variable(const clang::VarDecl *Variable, unsigned Depth) const;
  MemoryOwner pointerVariable(const clang::ValueDecl *Pointer, unsigned Depth) const;
  MemoryOwner throughCall(const clang::CallExpr *Call, unsigned Depth) const;
  MemoryOwner shared(const clang::Expr *Object) const;

  const ProjectIndex &Index;
  ControlFlowGraphs *Graphs;
};

/// `new float[n]`, `malloc(n)` and its like.
bool allocatesHeap(const clang::Expr *E);

} // namespace torchtidy

#endif
