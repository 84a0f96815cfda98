// SPDX-License-Identifier: Apache-2.0
// What was thought out for a control plane of Kuma 2 and comes to the store after the upgrade.
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "skyden/base/status.h"
#include "tests/resources/cutover/cutting.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources {
namespace {

using model::KumaVersion;
using testing::CuttingEnv;
using testing::TimeoutOf;

bool IsOfAnotherVersion(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) && base::TitleOf(status) == "Conflict" &&
         std::string(status.message()).find("another version of Kuma") != std::string::npos;
}

TEST_CASE("a write that was decoded for Kuma 2 is refused after the upgrade", "[cutover]") {
  CuttingEnv env;
  REQUIRE(env.PutBody("MeshTimeout", {"default", "there"}, TimeoutOf("there", "1s")).ok());
  // Signed in before, and on its way since.
  const model::TenantScope late = env.Admin();
  const model::TenantScope late_zone = env.AsZone();
  REQUIRE(env.Upgrade({}).ok());
  const std::string exported = env.Exported();
  const model::Revision revision = env.Revision();

  const std::string body = TimeoutOf("new", "1s");
  CHECK(IsOfAnotherVersion(env.PutBodyAs(late, "MeshTimeout", {"default", "new"}, body).status()));
  CHECK(IsOfAnotherVersion(env.DeleteAs(late, "MeshTimeout", "default", "there")));
  CHECK(IsOfAnotherVersion(testing::ImportInto(env, late, body).status()));
  const auto of_zone = env.store->Write(late_zone, [](store::WriteTx& tx) {
    model::Resource resource;
    resource.type = store::testing::Type("Dataplane");
    resource.key = {"default", "p"};
    return tx.PutResource(resource);
  });
  CHECK(IsOfAnotherVersion(of_zone.status()));
  CHECK(env.Revision() == revision);
  CHECK(env.Exported() == exported);

  // Who signs in again writes, and so does the daemon itself.
  CHECK(env.PutBodyAs(env.Admin(), "MeshTimeout", {"default", "new"}, body).ok());
  CHECK(env.PutBody("MeshTimeout", {"default", "other"}, TimeoutOf("other", "1s")).ok());

  // The same on the way back.
  const model::TenantScope of_three = env.Admin();
  REQUIRE(env.Return({.later = ReturnRequest::Later::kIsDiscarded}).ok());
  CHECK(IsOfAnotherVersion(
      env.PutBodyAs(of_three, "MeshTimeout", {"default", "new"}, body).status()));
  CHECK(env.PutBodyAs(env.Admin(), "MeshTimeout", {"default", "new"}, body).ok());
}

// One transaction of the store may hold them all: what it knew of the control plane before is not
// what it knows after.
TEST_CASE("a batch that holds the upgrade holds nothing of Kuma 2 behind it", "[cutover]") {
  CuttingEnv env;
  const model::TenantScope late = env.Admin();
  absl::Notification running;
  absl::Notification go_on;
  absl::BlockingCounter answered(4);
  absl::Status first;
  absl::Status upgraded;
  absl::Status second;
  const auto put = [&](const std::string& name, absl::Status& result) {
    env.store->WriteAsync(
        late, store::WritePlan().Resource(store::testing::Type("MeshTimeout"), {"default", name}),
        [name](store::WriteTx& tx) {
          model::Resource resource;
          resource.type = store::testing::Type("MeshTimeout");
          resource.key = {"default", name};
          resource.spec = "{}";
          return tx.PutResource(resource);
        },
        [&](absl::StatusOr<model::Revision> done) {
          result = done.status();
          answered.DecrementCount();
        });
  };
  // The writer is held until all wait for it.
  env.store->WriteAsync(
      env.scope, store::WritePlan::ReadsAnything(),
      [&](store::WriteTx&) {
        if (!running.HasBeenNotified()) running.Notify();
        go_on.WaitForNotification();
        return absl::OkStatus();
      },
      [&](absl::StatusOr<model::Revision>) { answered.DecrementCount(); });
  running.WaitForNotification();
  put("first", first);
  env.store->WriteDirectoryAsync(
      env.owner(),
      [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(auto record, tx.FindControlPlane(env.scope.control_plane()));
        record->api_version = "v3";
        return tx.UpdateControlPlane(*record);
      },
      [&](absl::Status done) {
        upgraded = std::move(done);
        answered.DecrementCount();
      });
  put("second", second);
  go_on.Notify();
  answered.Wait();
  CHECK(first.ok());
  CHECK(upgraded.ok());
  CHECK(IsOfAnotherVersion(second));
  CHECK(env.Get("MeshTimeout", "default", "first").ok());
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "second").status()));
}

}  // namespace
}  // namespace skyden::resources
