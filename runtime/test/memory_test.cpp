// Memory into tensors and out of them: who owns it, in which order, of which type.

#include <torchtidy/memory.h>

#include "device_test.h"

#include <c10/core/CPUAllocator.h>

#include <array>
#include <cstring>
#include <iostream>

using testing::HasSubstr;
using torch::Tensor;

namespace {

class MemoryOut : public DeviceTest {};
INSTANTIATE_ON_DEVICES(MemoryOut);

TEST(Memory, FromContainerOwnsTheVector) {
  std::vector<double> values{1, 2, 3, 4, 5, 6};
  const void* const before = values.data();
  Tensor tensor = torchtidy::from_container(std::move(values), {2, 3});
  EXPECT_EQ(tensor.data_ptr(), before) << "copied";
  EXPECT_EQ(tensor.scalar_type(), torch::kDouble);
  EXPECT_EQ(tensor[1][2].item<double>(), 6);
  Tensor row = tensor[1];
  tensor = Tensor();
  EXPECT_EQ(row.sum().item<double>(), 15) << "views keep it";
}

TEST(Memory, FromContainerTakesTheDtypeOfItsElements) {
  EXPECT_EQ(torchtidy::from_container(std::vector<float>(2)).scalar_type(), torch::kFloat);
  EXPECT_EQ(torchtidy::from_container(std::vector<int>(2)).scalar_type(), torch::kInt);
  EXPECT_EQ(torchtidy::from_container(std::vector<long long>(2)).scalar_type(), torch::kLong);
  EXPECT_EQ(torchtidy::from_container(std::vector<uint8_t>(2)).scalar_type(), torch::kByte);
  EXPECT_EQ(
      torchtidy::from_container(std::vector<std::complex<float>>(2)).scalar_type(), torch::kComplexFloat);
  EXPECT_EQ(torchtidy::from_container(std::array<int16_t, 2>{1, 2}).sum().item<int>(), 3);
  EXPECT_EQ(torchtidy::from_container(std::vector<float>()).numel(), 0);
}

TEST(Memory, FromContainerWantsAllElements) {
  EXPECT_THROW((void)torchtidy::from_container(std::vector<float>(5), {2, 3}), c10::Error);
  EXPECT_THROW((void)torchtidy::from_container(std::vector<float>(6), {2, -3}), c10::Error);
}

TEST(Memory, ViewOfKeepsTheOwner) {
  auto owner = std::make_shared<std::vector<float>>(4, 1.0f);
  std::weak_ptr<std::vector<float>> watch = owner;
  Tensor tensor = torchtidy::view_of(owner->data(), {2, 2}, owner);
  (*owner)[3] = 5;
  EXPECT_EQ(tensor.sum().item<float>(), 8) << "the same memory";
  owner.reset();
  EXPECT_FALSE(watch.expired());
  tensor = tensor[0].clone();
  EXPECT_TRUE(watch.expired());
  auto unique = std::make_unique<int[]>(3);
  int* const data = unique.get();
  EXPECT_EQ(torchtidy::view_of(data, {3}, std::move(unique)).sum().item<int>(), 0);
  EXPECT_THROW((void)torchtidy::view_of(static_cast<float*>(nullptr), {2}, 0), c10::Error);
}

TEST_P(MemoryOut, ToVectorReadsInTheOrderOfIndices) {
  const auto matrix = torch::arange(6, on_device().dtype(torch::kFloat)).view({2, 3});
  EXPECT_EQ(torchtidy::to_vector<float>(matrix), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(torchtidy::to_vector<float>(matrix.t()), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(torchtidy::to_vector<double>(matrix.select(1, 1)), (std::vector<double>{1, 4}));
  EXPECT_EQ(
      torchtidy::to_vector<float>(torch::ones({1}, on_device().dtype(torch::kInt))), std::vector<float>{1});
  EXPECT_EQ(torchtidy::to_vector<uint8_t>(matrix > 3), (std::vector<uint8_t>{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(
      torchtidy::to_vector<float>(torch::full({}, 2.0, on_device()).requires_grad_()), std::vector<float>{2});
  EXPECT_TRUE(torchtidy::to_vector<int64_t>(torch::empty({0, 3}, on_device().dtype(torch::kLong))).empty());
}

TEST_P(MemoryOut, ToVectorRefusesWhatItCannotHold) {
  EXPECT_THROW((void)torchtidy::to_vector<int>(torch::ones({2}, on_device())), c10::Error);
  EXPECT_THROW((void)torchtidy::to_vector<float>(Tensor()), c10::Error);
  EXPECT_THROW((void)torchtidy::to_vector<float>(torch::ones({2, 2}, on_device()).to_sparse()), c10::Error);
}

TEST_P(MemoryOut, CopyIntoFillsWhatIsThere) {
  std::array<float, 4> array{};
  const auto matrix = torch::arange(4, on_device().dtype(torch::kDouble)).view({2, 2});
  torchtidy::copy_into(array, matrix.t());
  EXPECT_EQ(array, (std::array<float, 4>{0, 2, 1, 3}));
  int raw[4];
  torchtidy::copy_into(raw, 4, matrix.to(torch::kInt));
  EXPECT_EQ(raw[3], 3);
  EXPECT_THROW(torchtidy::copy_into(raw, 3, matrix.to(torch::kInt)), c10::Error);
  bool flags[4];
  torchtidy::copy_into(flags, 4, matrix > 1);
  EXPECT_TRUE(flags[3] && !flags[0]);
}

TEST_P(MemoryOut, AnAccessorReadsTheHostOnly) {
  const auto tensor = torch::ones({2}, on_device());
  const auto error = error_of([&] { (void)torchtidy::accessor_of<float, 1>(tensor); });
  if (device().is_cpu()) {
    EXPECT_EQ(error, "");
  } else {
    EXPECT_THAT(error, HasSubstr("accessor_of(tensor.cpu())"));
  }
  EXPECT_EQ((torchtidy::accessor_of<float, 1>(tensor.cpu())[1]), 1);
}

TEST(Memory, AccessorKeepsItsTensor) {
  const auto make = [] {
    return torchtidy::accessor_of<float, 2>(torch::arange(6, torch::kFloat).view({2, 3}).t());
  };
  auto cells = make();
  EXPECT_EQ(cells[2][1], 5);
  EXPECT_EQ(cells.size(0), 3);
  const auto copy = cells;
  cells[2][1] = 7;
  EXPECT_EQ(copy.tensor()[2][1].item<float>(), 7);
  EXPECT_THROW((void)(torchtidy::accessor_of<float, 1>(torch::ones({2, 2}))), c10::Error);
  EXPECT_THROW((void)(torchtidy::accessor_of<double, 1>(torch::ones({2}))), c10::Error);
  EXPECT_THROW((void)(torchtidy::accessor_of<float, 1>(Tensor())), c10::Error);
}

/// Counts what LibTorch takes of its allocator for the CPU while it lives. Without `override`: `allocate` is
/// const in some releases, and `copy_data` is not in all.
class CountingAllocator : public c10::Allocator {
 public:
  CountingAllocator() : inner_(c10::GetCPUAllocator()) {
    c10::SetCPUAllocator(this);
  }
  virtual ~CountingAllocator() {
    c10::SetCPUAllocator(inner_);
  }
  c10::DataPtr allocate(size_t size) const {
    bytes_ += size;
    return inner_->allocate(size);
  }
  c10::DataPtr allocate(size_t size) {
    return std::as_const(*this).allocate(size);
  }
  c10::DeleterFnPtr raw_deleter() const {
    return inner_->raw_deleter();
  }
  void copy_data(void* to, const void* from, size_t size) const {
    std::memcpy(to, from, size);
  }
  size_t bytes() const {
    return bytes_;
  }

 private:
  c10::Allocator* inner_;
  mutable size_t bytes_ = 0;
};

template <typename Call>
size_t bytes_taken(Call&& call) {
  const CountingAllocator counter;
  call();
  return counter.bytes();
}

TEST(Memory, TakesNoMemoryOfLibTorch) {
  constexpr int64_t side = 256;
  constexpr size_t all = side * side * sizeof(float);
  const auto tensor = torch::rand({side, side});
  std::vector<float> values(side * side);
  std::vector<double> wide(side * side);
  const auto owner = std::make_shared<std::vector<float>>(values);
  const auto keep = [](auto&& made) { EXPECT_NE(&made, nullptr); };
  struct Case {
    const char* name;
    size_t ours, plain, plain_at_least;
  };
  const Case cases[] = {
      {"from_container",
       bytes_taken([&] { keep(torchtidy::from_container(std::vector<float>(values), {side, side})); }),
       bytes_taken([&] { keep(torch::from_blob(values.data(), {side, side}).clone()); }),
       all},
      {"view_of",
       bytes_taken([&] { keep(torchtidy::view_of(owner->data(), {side, side}, owner)); }),
       bytes_taken([&] { keep(torch::from_blob(owner->data(), {side, side})); }),
       0},
      {"to_vector",
       bytes_taken([&] { keep(torchtidy::to_vector<float>(tensor)); }),
       bytes_taken([&] {
         const auto host = tensor.cpu().contiguous();
         keep(std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + host.numel()));
       }),
       0},
      {"to_vector of a transposed one",
       bytes_taken([&] { keep(torchtidy::to_vector<float>(tensor.t())); }),
       bytes_taken([&] {
         const auto host = tensor.t().contiguous();
         keep(std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + host.numel()));
       }),
       all},
      {"to_vector of another type",
       bytes_taken([&] { keep(torchtidy::to_vector<double>(tensor)); }),
       bytes_taken([&] {
         const auto host = tensor.to(torch::kDouble);
         keep(std::vector<double>(host.data_ptr<double>(), host.data_ptr<double>() + host.numel()));
       }),
       2 * all},
      {"copy_into",
       bytes_taken([&] { torchtidy::copy_into(values, tensor.t()); }),
       bytes_taken([&] { std::memcpy(values.data(), tensor.t().contiguous().data_ptr<float>(), all); }),
       all},
      {"copy_into of another type",
       bytes_taken([&] { torchtidy::copy_into(wide, tensor); }),
       bytes_taken([&] { std::memcpy(wide.data(), tensor.to(torch::kDouble).data_ptr<double>(), 2 * all); }),
       2 * all},
      {"accessor_of",
       bytes_taken([&] { keep(torchtidy::accessor_of<float, 2>(tensor)); }),
       bytes_taken([&] { keep(tensor.accessor<float, 2>()); }),
       0}};
  for (const auto& one : cases) {
    std::cout << "[ MEASURED ] " << one.name << ": " << one.ours << " bytes of LibTorch's allocator, plain "
              << one.plain << '\n';
    EXPECT_GE(one.plain, one.plain_at_least) << one.name;
    // LibTorch transposes by way of a block of 60 by 60 elements.
    EXPECT_LE(one.ours, 60 * 60 * sizeof(float)) << one.name;
    EXPECT_LE(one.ours, one.plain) << one.name;
  }
}

} // namespace
