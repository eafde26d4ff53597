// RUN: %check torch-dangling-tensor-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

using torch::Tensor;

// The list has a name, or a reference that keeps it.
void named(torch::nn::Linear net) {
  auto parameters = net->named_parameters();
  auto &weight = parameters["weight"];
  auto *bias = parameters.find("bias");
  auto &&list = net->parameters();
  auto &first = list[0];
  const auto &kept = net->named_buffers();
  auto each = kept.begin();
  std::cout << weight << *bias << first << (each == kept.end());
  for (auto &item : parameters.items())
    std::cout << item.key();
}
// Copies of the handle, and what is used within the statement.
void copies(torch::nn::Linear net, const Tensor &x) {
  auto weight = net->named_parameters()["weight"];
  Tensor bias = *net->named_parameters().find("bias");
  auto first = net->parameters()[0];
  auto half = x.chunk(2)[0];
  auto [a, b] = x.max(0);
  net->named_parameters()["weight"].mul_(2);
  std::cout << weight << bias << first << half << a << b << net->named_parameters().find("bias")->sizes();
  auto sum = net->parameters()[0].sum();
  const Tensor &product = net->parameters()[0] * 2;
  std::cout << sum << product;
}
// Loops over the list itself: the range keeps it.
void loops(torch::nn::Linear net, torch::jit::Module &module, std::vector<torch::jit::IValue> inputs) {
  for (auto &item : net->named_parameters())
    std::cout << item.key();
  for (auto &parameter : net->parameters())
    std::cout << parameter;
  for (auto &child : net->children())
    std::cout << child->name();
  auto result = module.forward(inputs);
  for (const auto &each : result.toTuple()->elements())
    std::cout << each;
  auto tuple = module.forward(inputs).toTuple();
  const auto &elements = tuple->elements();
  auto copied = module.forward(inputs).toTuple()->elements();
  std::cout << elements[0] << copied[0];
  auto tensor = module.forward(inputs).toTuple()->elements()[0].toTensor();
  const Tensor &again = module.forward(inputs).toTensor();
  std::cout << tensor << again;
}
// Only whether it is there; never used.
bool has(torch::nn::Linear net) {
  auto *bias = net->named_parameters().find("bias");
  auto &unused = net->parameters()[0];
  if (!bias)
    return false;
  return bias != nullptr;
}
// The project's own functions, which return what they keep.
struct Model {
  std::vector<Tensor> &weights() { return kept; }
  const torch::OrderedDict<std::string, Tensor> &table() const { return named; }
  std::vector<Tensor> kept;
  torch::OrderedDict<std::string, Tensor> named;
};
void own(Model &model) {
  auto &weight = model.weights()[0];
  auto *entry = model.table().find("x");
  std::cout << weight << *entry;
}
// The owner of each module is the model, not the list.
void owners(torch::nn::Sequential net) {
  torch::nn::Module &first = *net->children()[0];
  auto *second = net->modules()[1].get();
  std::cout << first.name() << second->name();
}
