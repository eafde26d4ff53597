// create_graph as projects use it, and what looks like a cycle.
// RUN: %check torch-graph-cycle %s | FileCheck %s --allow-empty --implicit-check-not='{{warning|error}}:'
#include <torch/torch.h>

using torch::Tensor;

// A gradient penalty: grad() leaves the leaves alone.
Tensor penalty(torch::nn::Linear critic, Tensor real, Tensor fake) {
  auto alpha = torch::rand({real.size(0), 1});
  auto mixed = (alpha * real + (1 - alpha) * fake).detach().requires_grad_(true);
  auto scores = critic(mixed);
  auto grads = torch::autograd::grad({scores}, {mixed}, {torch::ones_like(scores)}, /*retain_graph=*/true, /*create_graph=*/true);
  return ((grads[0].norm(2, 1) - 1).pow(2)).mean();
}
void train_critic(torch::nn::Linear critic, torch::optim::Adam &optimizer, Tensor real, Tensor fake) {
  optimizer.zero_grad();
  auto loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(critic, real, fake);
  loss.backward();
  optimizer.step();
}
// MAML: an inner step whose gradients are differentiated.
Tensor maml(torch::nn::Linear net, Tensor x, Tensor y, double rate) {
  auto loss = torch::mse_loss(net(x), y);
  auto grads = torch::autograd::grad({loss}, net->parameters(), {}, true, true);
  auto fast = net->weight - rate * grads[0];
  return torch::mse_loss(torch::linear(x, fast, net->bias - rate * grads[1]), y);
}
// A product with the Hessian; forces that are trained on.
Tensor hessian_vector(Tensor loss, std::vector<Tensor> parameters, Tensor v) {
  auto grads = torch::autograd::grad({loss}, parameters, {}, true, true);
  return torch::autograd::grad({(grads[0] * v).sum()}, parameters)[0];
}
Tensor force_loss(torch::nn::Linear net, Tensor positions, Tensor forces) {
  positions.requires_grad_(true);
  auto energy = net(positions).sum();
  auto found = -torch::autograd::grad({energy}, {positions}, {}, true, true)[0];
  return (found - forces).pow(2).mean();
}
// Into leaves, and reset in the same function; without create_graph; create_graph that is false.
void by_backward(torch::nn::Linear net, torch::optim::SGD &optimizer, Tensor x) {
  optimizer.zero_grad();
  net(x).sum().backward({}, /*keep_graph=*/true, /*create_graph=*/true);
  optimizer.step();
  optimizer.zero_grad();
}
void by_hand(torch::nn::Linear net, Tensor x) {
  net(x).sum().backward({}, true, true);
  for (auto &p : net->parameters())
    p.mutable_grad().reset();
}
void kept(torch::nn::Linear net, Tensor x) {
  auto loss = net(x).sum();
  loss.backward({}, /*keep_graph=*/true);
  loss.backward({}, /*keep_graph=*/true, /*create_graph=*/false);
}
// Functions that keep what they are given, sizes, and detached results.
struct Scale : torch::autograd::Function<Scale> {
  static Tensor forward(torch::autograd::AutogradContext *context, Tensor x, double scale) {
    auto y = x * scale;
    context->save_for_backward({x, y});
    context->saved_data["scale"] = scale;
    context->saved_data["shape"] = x.sizes();
    context->saved_data["mask"] = y.detach() > 0;
    return y;
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    return {grads[0] * context->saved_data["scale"].toDouble(), Tensor()};
  }
};
