// Memory into tensors and out of them: who owns it, in which order, of which type.

#include <torchtidy/memory.h>

#include <torch/torch.h>

#include <gtest/gtest.h>

#include <array>

using torch::Tensor;

namespace {

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

TEST(Memory, ToVectorReadsInTheOrderOfIndices) {
  const auto matrix = torch::arange(6, torch::kFloat).view({2, 3});
  EXPECT_EQ(torchtidy::to_vector<float>(matrix.t()), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(torchtidy::to_vector<double>(matrix.select(1, 1)), (std::vector<double>{1, 4}));
  EXPECT_EQ(torchtidy::to_vector<float>(torch::ones({1}, torch::kInt)), std::vector<float>{1});
  EXPECT_EQ(torchtidy::to_vector<uint8_t>(matrix > 3), (std::vector<uint8_t>{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(torchtidy::to_vector<float>(torch::tensor(2.0).requires_grad_()), std::vector<float>{2});
  EXPECT_TRUE(torchtidy::to_vector<int64_t>(torch::empty({0, 3}, torch::kLong)).empty());
}

TEST(Memory, ToVectorRefusesWhatItCannotHold) {
  EXPECT_THROW((void)torchtidy::to_vector<int>(torch::ones({2})), c10::Error);
  EXPECT_THROW((void)torchtidy::to_vector<float>(Tensor()), c10::Error);
  EXPECT_THROW((void)torchtidy::to_vector<float>(torch::ones({2, 2}).to_sparse()), c10::Error);
}

TEST(Memory, CopyIntoFillsWhatIsThere) {
  std::array<float, 4> array{};
  const auto matrix = torch::arange(4, torch::kDouble).view({2, 2});
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

} // namespace
