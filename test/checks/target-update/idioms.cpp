// Ways to carry weights over that projects write, and what looks like one.
// RUN: %check torch-target-update %s | FileCheck %s --allow-empty --implicit-check-not='{{warning|error}}:'
#include <torch/torch.h>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 4)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

// Polyak's average, by operations in place, by copy_, by lerp_, by data, by names.
void soft_update(Net target, Net source, double tau) {
  torch::NoGradGuard no_grad;
  auto to = target->parameters(), from = source->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mul_(1 - tau).add_(from[i], tau);
}
void update_target(Net target, Net source, double tau) {
  torch::NoGradGuard no_grad;
  auto to = target->parameters(), from = source->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].copy_(tau * from[i] + (1 - tau) * to[i]);
}
void polyak(Net target, Net source, double tau) {
  torch::NoGradGuard no_grad;
  auto to = target->named_parameters();
  for (auto &item : source->named_parameters())
    to[item.key()].lerp_(item.value(), tau);
}
void sync_target(Net target, Net source, double tau) {
  auto to = target->parameters(), from = source->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].data().copy_(tau * from[i].data() + (1.0 - tau) * to[i].data());
}
void hard_update(Net target, Net source) {
  auto to = target->parameters(), from = source->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].set_data(from[i].detach().clone());
}
// Through a function that writes, through state that is read back, and element by element.
static void blend(Tensor to, const Tensor &from, double tau) { to.copy_(tau * from + (1 - tau) * to); }
void ema_update(Net target, Net source, double decay) {
  torch::NoGradGuard no_grad;
  auto to = target->parameters(), from = source->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    blend(to[i], from[i], 1 - decay);
}
void copy_weights(Net target, Net source) {
  std::stringstream stream;
  torch::save(source, stream);
  torch::load(target, stream);
}
// Gradients on purpose: of a worker to the shared net, of replicas averaged, clipped, added up; a step by hand.
void share_gradients(Net local, Net shared) {
  auto from = local->parameters(), to = shared->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
}
void average_gradients(std::vector<Net> &replicas) {
  auto first = replicas[0]->parameters();
  for (size_t i = 0; i < first.size(); ++i) {
    auto sum = first[i].grad().clone();
    for (size_t r = 1; r < replicas.size(); ++r)
      sum += replicas[r]->parameters()[i].grad();
    first[i].mutable_grad() = sum / double(replicas.size());
  }
}
void accumulate(Net into, Net from, double scale) {
  auto to = into->parameters(), given = from->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    if (given[i].grad().defined())
      to[i].mutable_grad() = to[i].grad().defined() ? to[i].grad() + scale * given[i].grad() : scale * given[i].grad();
}
void update_by_hand(Net net, double rate) {
  torch::NoGradGuard no_grad;
  for (auto &p : net->parameters())
    p.sub_(rate * p.grad());
}
