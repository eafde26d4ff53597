#include "model/facts/ObjectSets.h"
#include "gtest/gtest.h"

using torchtidy::ObjectSets;

namespace {

TEST(ObjectSets, JoinedNamesShareWhatIsKnown) {
  ObjectSets Sets;
  int A, B, C;
  unsigned NodeA = Sets.node(&A), NodeB = Sets.node(&B), NodeC = Sets.node(&C);
  EXPECT_EQ(Sets.node(&A), NodeA);
  Sets.flags(NodeB).Registered = true;
  Sets.join(NodeA, NodeB);
  EXPECT_TRUE(Sets.flags(NodeA).Registered);
  EXPECT_FALSE(Sets.flags(NodeC).Registered);
  EXPECT_EQ(Sets.lookup(&A), Sets.lookup(&B));
  EXPECT_FALSE(Sets.lookup(&Sets));
}

TEST(ObjectSets, JoiningContainersJoinsTheirElements) {
  ObjectSets Sets;
  int A, B;
  unsigned NodeA = Sets.node(&A), NodeB = Sets.node(&B);
  Sets.flags(Sets.element(NodeA)).Registered = true;
  EXPECT_FALSE(Sets.flags(Sets.element(NodeB)).Registered);
  Sets.join(NodeB, NodeA);
  EXPECT_TRUE(Sets.flags(Sets.element(NodeB)).Registered);
  EXPECT_EQ(Sets.element(Sets.element(NodeA)), Sets.element(NodeA));
}

TEST(ObjectSets, ContainersPassOnToWhatTheyHold) {
  ObjectSets Sets;
  int Container, Value, Inner, Function, Call;
  Sets.store(Sets.node(&Inner), Sets.node(&Value));
  Sets.store(Sets.node(&Value), Sets.node(&Container));
  Sets.returns(Sets.node(&Function), Sets.node(&Call));
  Sets.flags(Sets.node(&Container)).Registered = true;
  Sets.flags(Sets.node(&Function)).Fresh = true;
  Sets.propagate();
  EXPECT_TRUE(Sets.flags(Sets.node(&Inner)).Registered);
  EXPECT_TRUE(Sets.flags(Sets.node(&Call)).Fresh);
  EXPECT_FALSE(Sets.flags(Sets.node(&Call)).Registered);
}

TEST(ObjectSets, AValueDoesNotMarkItsContainer) {
  ObjectSets Sets;
  int Container, Value;
  Sets.store(Sets.node(&Value), Sets.node(&Container));
  Sets.flags(Sets.node(&Value)).Registered = true;
  Sets.propagate();
  EXPECT_FALSE(Sets.flags(Sets.node(&Container)).Registered);
}

} // namespace
