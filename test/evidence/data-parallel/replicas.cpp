// Two processes on loopback train one replica each, as DistributedDataParallel does: they start from the same weights, see
// different data and average the gradients of parameters() with c10d's Gloo. A layer that is not registered is in no
// parameters(): its gradients are never averaged and the optimiser never sees it either. Here each process gives the optimiser
// that layer's weights by hand, as code does whose author noticed that it did not train; then the replicas drift apart.
#define USE_C10D_GLOO
#include <torch/torch.h>

#if __has_include(<torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>)
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#else
#include <c10d/FileStore.hpp>
#include <c10d/ProcessGroupGloo.hpp>
#endif

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool registered) : hidden(8, 8) {
    if (registered) {
      register_module("hidden", hidden);
    }
    head = register_module("head", torch::nn::Linear(8, 1));
  }
  torch::Tensor forward(torch::Tensor x) { return head(torch::relu(hidden(x))); }
  std::vector<torch::Tensor> all_weights() { return {hidden->weight, hidden->bias, head->weight, head->bias}; }
  torch::nn::Linear hidden; // registered or not: that is the question
  torch::nn::Linear head{nullptr};
};
TORCH_MODULE(Net);

// Trains this process's replica and returns how far its weights are from those of rank 0.
double train(c10d::ProcessGroupGloo &group, int rank, bool registered) {
  torch::manual_seed(0); // the same start in both processes
  Net net(registered);
  torch::optim::SGD optimizer(net->all_weights(), 0.1);
  torch::manual_seed(100 + rank); // other data
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_grad();
    net(torch::randn({16, 8})).pow(2).mean().backward();
    for (auto &parameter : net->parameters()) {
      std::vector<torch::Tensor> gradient = {parameter.grad()};
      group.allreduce(gradient)->wait(); // the sum, in place
      parameter.mutable_grad().div_(2);
    }
    optimizer.step();
  }
  torch::NoGradGuard no_grad;
  double difference = 0;
  for (const auto &weight : net->all_weights()) {
    std::vector<torch::Tensor> of_rank_0 = {weight.detach().clone()};
    group.broadcast(of_rank_0)->wait();
    difference = std::max(difference, (of_rank_0[0] - weight).abs().max().item<double>());
  }
  return difference;
}

int replica(int rank, const std::string &store_path) {
  auto store = c10::make_intrusive<c10d::FileStore>(store_path, 2);
  auto options = c10d::ProcessGroupGloo::Options::create();
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  options->timeout = std::chrono::seconds(60);
  c10d::ProcessGroupGloo group(store, rank, 2, options);
  const double unregistered = train(group, rank, false);
  const double registered = train(group, rank, true);
  if (rank == 1) {
    std::cout << "SYMPTOM unregistered_replicas_equal=" << (unregistered == 0) << "\n" // 0
              << "SYMPTOM registered_replicas_equal=" << (registered == 0) << "\n"     // 1
              << "largest difference of a weight after 5 steps: " << unregistered << " unregistered, " << registered
              << " registered" << std::endl;
  }
  return 0;
}

int guarded_replica(int rank, const std::string &store_path) {
  try {
    return replica(rank, store_path);
  } catch (const std::exception &error) {
    std::cerr << "rank " << rank << ": " << error.what() << std::endl;
    return 1;
  }
}

int main() {
  const std::string store_path = "/tmp/replicas-" + std::to_string(getpid());
  const pid_t child = fork(); // before LibTorch starts threads
  if (child < 0) {
    std::perror("fork");
    return 1;
  }
  if (child == 0) {
    const int status = guarded_replica(1, store_path);
    std::cout.flush();
    _exit(status);
  }
  const int mine = guarded_replica(0, store_path);
  int theirs = 0;
  waitpid(child, &theirs, 0);
  std::remove(store_path.c_str());
  return mine != 0 || theirs != 0;
}
