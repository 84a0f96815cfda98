// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/mesh_model.h"

#include <catch2/catch.hpp>
#include <string>

#include "matching/mesh_data.h"
#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::TestMesh;
using testing::TypeOf;

TEST_CASE("what did not change is not read again", "[mesh-model]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a", "{}")
      .Add("MeshTimeout", "b", "{}")
      .Add("MeshService", "s", R"({"ports":[]})")
      .Add("Timeout", "old", "{}");
  const auto before = mesh.Build();
  const auto same = mesh.Build(before.get());
  const model::TypeId timeouts = TypeOf("MeshTimeout").id;
  CHECK(&before->data().PoliciesOf(timeouts) == &same->data().PoliciesOf(timeouts));
  CHECK(before->data().index == same->data().index);

  mesh.Add("MeshTimeout", "b", R"({"to":[]})");
  const auto after = mesh.Build(before.get());
  const auto& old_list = before->data().PoliciesOf(timeouts);
  const auto& new_list = after->data().PoliciesOf(timeouts);
  CHECK(new_list.at(0) == old_list.at(0));
  CHECK(new_list.at(1) != old_list.at(1));
  CHECK(before->data().index == after->data().index);

  mesh.Add("MeshService", "t", R"({"ports":[]})");
  const auto grown = mesh.Build(after.get());
  CHECK(grown->data().index->all().size() == 3);  // the mesh as well
  CHECK(grown->data().index != after->data().index);
}

TEST_CASE("what does not decode is left out", "[mesh-model]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a", "not json")
      .Add("MeshTimeout", "b", "{}")
      .Add("MeshTimeout", "c", "");
  const auto model = mesh.Build();
  const auto& list = model->data().PoliciesOf(TypeOf("MeshTimeout").id);
  REQUIRE(list.size() == 2);
  CHECK(list.at(0)->resource->key.name == "b");
}

TEST_CASE("a mesh says whether services are resources only", "[mesh-model]") {
  CHECK_FALSE(TestMesh().Build()->has_exclusive_services());
  CHECK(TestMesh(R"({"meshServices":{"mode":"Exclusive"}})").Build()->has_exclusive_services());
  CHECK_FALSE(
      TestMesh(R"({"meshServices":{"mode":"Everywhere"}})").Build()->has_exclusive_services());
}

}  // namespace
}  // namespace skyden::matching
