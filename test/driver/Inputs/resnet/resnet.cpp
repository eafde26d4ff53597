#include "resnet.h"

namespace nn = torch::nn;

ResNetImpl::ResNetImpl(const std::vector<int64_t> &blocks, int64_t classes)
    : conv1(convolution(3, 64, 7, 2, 3)), bn1(64) {
  register_module("conv1", conv1);
  register_module("bn1", bn1);
  layer1 = register_module("layer1", stage(64, blocks[0]));
  layer2 = register_module("layer2", stage(128, blocks[1], 2));
  layer3 = register_module("layer3", stage(256, blocks[2], 2));
  layer4 = register_module("layer4", stage(512, blocks[3], 2));
  fc = register_module("fc", nn::Linear(512 * BasicBlockImpl::expansion, classes));
}

nn::Sequential ResNetImpl::stage(int64_t width, int64_t blocks, int64_t stride) {
  nn::Sequential shortcut = nullptr;
  if (stride != 1 || width_ != width * BasicBlockImpl::expansion)
    shortcut = nn::Sequential(nn::Conv2d(convolution(width_, width * BasicBlockImpl::expansion, 1, stride)),
                              nn::BatchNorm2d(width * BasicBlockImpl::expansion));
  nn::Sequential layers;
  layers->push_back(BasicBlock(width_, width, stride, shortcut));
  width_ = width * BasicBlockImpl::expansion;
  for (int64_t i = 1; i < blocks; ++i)
    layers->push_back(BasicBlock(width_, width));
  return layers;
}

torch::Tensor ResNetImpl::forward(torch::Tensor x) {
  x = torch::max_pool2d(torch::relu(bn1(conv1(x))), 3, 2, 1);
  x = layer4->forward(layer3->forward(layer2->forward(layer1->forward(x))));
  return fc(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
}

ResNet resnet18() { return ResNet(std::vector<int64_t>{2, 2, 2, 2}); }
