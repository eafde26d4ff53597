#include "model/summaries/Summary.h"

using namespace llvm;

namespace torchtidy {

// Found by the templates of JSON.h in the namespace of their types, so in no unnamed one.
static json::Value toJSON(const SummaryParameter &P) {
  json::Object Result{{"id", P.Id}, {"called", P.Name}, {"takes", P.Takes}};
  if (!P.Class.empty())
    Result["class"] = P.Class;
  if (P.HasDefault)
    Result["default"] = torchtidy::toJSON(P.Default);
  return Result;
}
static bool fromJSON(const json::Value &Value, SummaryParameter &P, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  if (!Map || !Map.map("id", P.Id) || !Map.map("called", P.Name) || !Map.map("takes", P.Takes) ||
      !Map.mapOptional("class", P.Class))
    return false;
  const json::Value *Default = Value.getAsObject()->get("default");
  P.HasDefault = Default != nullptr;
  return !Default || torchtidy::fromJSON(*Default, P.Default, Path);
}

template <typename T> static json::Array listToJSON(const std::vector<T> &List) {
  json::Array Result;
  for (const T &Item : List)
    Result.push_back(toJSON(Item));
  return Result;
}

static json::Value toJSON(const ConstructorSummary &C) {
  return json::Object{{"usr", C.Usr}, {"arguments", listToJSON(C.Parameters)}};
}
static bool fromJSON(const json::Value &Value, ConstructorSummary &C, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("usr", C.Usr) && Map.map("arguments", C.Parameters);
}

static json::Value toJSON(const FunctionSummary &F) {
  return json::Object{{"called", json::fixUTF8(F.Name)},
                      {"file", json::fixUTF8(F.File)},
                      {"line", int64_t(F.Line)},
                      {"arguments", listToJSON(F.Parameters)},
                      {"body", torchtidy::toJSON(F.Body)}};
}
static bool fromJSON(const json::Value &Value, FunctionSummary &F, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("called", F.Name) && Map.map("file", F.File) && Map.map("line", F.Line) &&
         Map.map("arguments", F.Parameters) && Map.map("body", F.Body);
}

static json::Value toJSON(const ClassSummary &C) {
  json::Object Overriders;
  for (const auto &[Method, Runs] : C.Overriders)
    Overriders[Method] = Runs;
  return json::Object{{"called", C.Name},
                      {"file", json::fixUTF8(C.File)},
                      {"line", int64_t(C.Line)},
                      {"module", C.IsModule},
                      {"fields", C.Fields},
                      {"constructors", listToJSON(C.Constructors)},
                      {"overriders", std::move(Overriders)},
                      {"implicit", torchtidy::toJSON(C.Implicit)}};
}
static bool fromJSON(const json::Value &Value, ClassSummary &C, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("called", C.Name) && Map.map("file", C.File) && Map.map("line", C.Line) &&
         Map.map("module", C.IsModule) && Map.map("fields", C.Fields) &&
         Map.map("constructors", C.Constructors) && Map.map("overriders", C.Overriders) &&
         Map.map("implicit", C.Implicit);
}

static json::Value toJSON(const OpenQuestion &Q) {
  return json::Object{{"usr", Q.Usr},
                      {"class", json::fixUTF8(Q.Class)},
                      {"function", json::fixUTF8(Q.Function)},
                      {"kind", int64_t(Q.Kind)}};
}
static bool fromJSON(const json::Value &Value, OpenQuestion &Q, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  int64_t Kind = 0;
  if (!Map || !Map.map("usr", Q.Usr) || !Map.map("class", Q.Class) ||
      !Map.map("function", Q.Function) || !Map.map("kind", Kind) || Kind < 0 ||
      Kind > int64_t(QuestionKind::WhenJoined))
    return false;
  Q.Kind = QuestionKind(Kind);
  return true;
}

static json::Value toJSON(const DefinitionPlace &D) {
  return json::Object{{"called", json::fixUTF8(D.Name)}, {"line", D.Line}, {"last", D.LastLine}};
}
static bool fromJSON(const json::Value &Value, DefinitionPlace &D, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("called", D.Name) && Map.map("line", D.Line) && Map.map("last", D.LastLine);
}

template <typename T> static json::Object mapToJSON(const std::map<std::string, T> &Items) {
  json::Object Result;
  for (const auto &[Usr, Item] : Items)
    Result[Usr] = toJSON(Item);
  return Result;
}

template <typename T>
static bool mapFromJSON(const json::Value *Value, std::map<std::string, T> &Items,
                        json::Path Path) {
  const json::Object *O = Value ? Value->getAsObject() : nullptr;
  if (!O)
    return false;
  for (const auto &[Usr, Item] : *O)
    if (!fromJSON(Item, Items[StringRef(Usr).str()], Path))
      return false;
  return true;
}

json::Value toJSON(const UnitSummary &Summary) {
  return json::Object{{"classes", mapToJSON(Summary.Classes)},
                      {"functions", mapToJSON(Summary.Functions)},
                      {"definitions", mapToJSON(Summary.Boundary.Definitions)},
                      {"questions", listToJSON(Summary.Boundary.Questions)}};
}

bool fromJSON(const json::Value &Value, UnitSummary &Summary, json::Path Path) {
  const json::Object *O = Value.getAsObject();
  return O && mapFromJSON(O->get("classes"), Summary.Classes, Path) &&
         mapFromJSON(O->get("functions"), Summary.Functions, Path) &&
         fromJSON(Value, Summary.Boundary, Path);
}

bool fromJSON(const json::Value &Value, UnitBoundary &Boundary, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && mapFromJSON(Value.getAsObject()->get("definitions"), Boundary.Definitions, Path) &&
         Map.map("questions", Boundary.Questions);
}

} // namespace torchtidy
