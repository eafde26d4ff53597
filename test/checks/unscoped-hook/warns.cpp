#include <torch/torch.h>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) {
    auto h = scale.register_hook([](Tensor g) { return g; });
    auto y = fc(x);
    scale.remove_hook(h);
    return y;
  }
};
TORCH_MODULE(Net);

void throws(Net net, Tensor x) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  net(x).sum().backward();
  net->scale.remove_hook(h);
}

void early(Net net, bool stop) {
  unsigned h = net->scale.register_hook([](Tensor g) { return g; });
  if (stop)
    return;
  net->scale.remove_hook(h);
}

void condition(Net net, bool clean) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  if (clean)
    net->scale.remove_hook(h);
}

// Handed in by the caller: it lives on.
void argument(Tensor &w, Tensor loss) {
  auto h = w.register_hook([](Tensor g) { return g; });
  loss.backward();
  w.remove_hook(h);
}

int loop(Net net, std::vector<Tensor> batches) {
  for (auto &batch : batches) {
    auto h = net->scale.register_hook([](Tensor g) { return g; });
    auto loss = net(batch).sum();
    if (loss.item<double>() > 10)
      continue;
    net->scale.remove_hook(h);
  }
  return 0;
}

void callback(Net net, Tensor x) {
  auto h = at::addThreadLocalCallback(at::RecordFunctionCallback(nullptr));
  net->forward(x);
  at::removeCallback(h);
}

void many(Net net, Tensor x) {
  std::vector<unsigned> handles;
  for (auto &p : net->parameters())
    handles.push_back(p.register_hook([](Tensor g) { return g; }));
  net(x).sum().backward();
  size_t i = 0;
  for (auto &p : net->parameters())
    p.remove_hook(handles[i++]);
}

// The handler catches something else and does not remove it.
void handled(Net net, Tensor x) {
  try {
    auto h = net->scale.register_hook([](Tensor g) { return g; });
    net(x).sum().backward();
    net->scale.remove_hook(h);
  } catch (const std::exception &) {
  }
}
