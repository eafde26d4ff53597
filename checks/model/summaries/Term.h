// What the code that builds modules does, without its AST: small terms that can be stored, joined
// over files and evaluated later with the arguments that a constructor is given.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_TERM_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_TERM_H

#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace torchtidy {

/// How a term uses its Parts, Text, Number and Note stands behind each kind.
enum class TermKind : uint8_t {
  Unknown,  // Text: why. Parts: what is evaluated and what it refers to may be changed; what stands
            // in an Address may be given another value. Note: "allOf" where anything may;
            // "among" where nothing changes yet, but the result leads into the parts
  Integer,  // Number
  Real,     // Text
  Text,     // Text
  Null,     // a null module, an undefined tensor, nullopt
  This,     //
  Name,     // a variable or parameter: Number identifies it, Text is its name
  Member,   // Parts: object. Text: the field, or an option
  Operator, // Text: "+", "int", "size", "text", ... Parts: operands. Note: left one of && and ||
  Choice,   // Parts: condition, then, else
  List,     // Parts: elements
  Element,  // Parts: container, index. Text: "key" of a map
  Layer,    // a layer of LibTorch is built. Text: its name. Parts: arguments
  Options,  // options of LibTorch. Text: their class. Parts: arguments
  Set,      // Parts: options, value. Text: the option
  Object, // Text: USR of a class. Note: USR of the constructor where it is known. Parts: arguments
  Fields, // an aggregate. Text: USR. Parts: values of its fields
  Base,   // a constructor builds a base: Text: USR or layer. Note, Parts: as Object's
  Call,   // Text: USR of a function. Note: its name. Number: CallTraits.
          // Parts: object or Null, arguments
  Lambda, // Number identifies it. Text: "&" where it returns a reference. Note: the numbers of
          // variables that it copies, with a comma behind each. Parts: Names of parameters, body
  Invoke, // Parts: what is called, arguments
  Tensor, // Text: dtype, empty where it is not known. Parts: sizes
  Like,   // a tensor of the shape of another. Parts: that one. Text: its dtype, "?" where that
          // is not known, empty where it is the other's
  Register, // Text: "module", "replacement", "parameter", "buffer". Parts: object, name, value
  Push,     // Number: a ContainerChange. Text: its name. Parts: container, arguments
  Let,      // Number, Text: as Name. Note: "&" for a reference. Parts: value
  Assign,   // Parts: target, value. Number: 1 where the old value is the result
  If,       // Parts: condition, then, else
  For,      // Parts: first, condition, step, body
  ForEach,  // Number, Text, Note: as Let. Parts: range, body
  Block,    // Parts: statements; the last one's value is its own
  Return,   // Parts: value, or none
  Throw,    //
  Leave,    // break, continue and goto. Text: which. Note: why what follows a goto may not run
  Switch,   // Text: the condition. Parts: it, Blocks of a List of labels and a body. Text of these:
            // the labels. Number: 1 with `default`
  Address,  // Parts: what it is the address of
  Deref,    // what a pointer leads to. Parts: the pointer
  Convert,  // Module::to(). Text: dtype, empty where it is not known. Parts: module
  Unregister, // Parts: object, name
  Reshape,    // a tensor gets another shape or dtype in place. Text: the call. Parts: tensor
  LastOne = Reshape,
};

/// Of a Call.
enum CallTraits : uint8_t {
  ChangesNothing = 1,
  IsVirtual = 2, // the object's class decides
  GivesReference = 4,
  OfLibrary = 8, // LibTorch's own runs where the project overrides nothing
};

/// What is nested more deeply is not read.
inline constexpr unsigned MaxTermDepth = 480;

struct Term {
  TermKind Is = TermKind::Unknown;
  std::string Text, Note;
  int64_t Number = 0;
  unsigned Line = 0; // in the function's file
  std::vector<Term> Parts;

  Term() = default;
  Term(TermKind Is, std::string Text = "", std::vector<Term> Parts = {}, int64_t Number = 0,
       std::string Note = "", unsigned Line = 0)
      : Is(Is), Text(std::move(Text)), Note(std::move(Note)), Number(Number), Line(Line),
        Parts(std::move(Parts)) {}
};

/// As short as it can be: there are many.
llvm::json::Value toJSON(const Term &T);
/// False for anything that toJSON does not write, and for what is nested too deeply.
bool fromJSON(const llvm::json::Value &Value, Term &T, llvm::json::Path Path);

} // namespace torchtidy

#endif
