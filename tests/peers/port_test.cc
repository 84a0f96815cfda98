// SPDX-License-Identifier: Apache-2.0
// Who may ask a daemon, and about what.
#include <catch2/catch.hpp>

#include "absl/synchronization/notification.h"
#include "peers/callers.h"
#include "peers/convert.h"
#include "tests/peers/peer_env.h"
#include "tests/self_signed.h"
#include "tests/store/testing.h"
#include "tests/temp_dir.h"

using namespace skyden;
using namespace skyden::peers;
using namespace skyden::peers::testing;
using store::testing::TestSealer;

namespace {

absl::StatusOr<std::string> AskB(PeerEnv& env, Callers& callers, const std::string& method,
                                 const std::string& message, const std::string& id = "id-of-b") {
  const std::vector<Other> others = {{id, "b", env.port_b->public_address()}};
  return callers.AskAll(others, method, message, absl::Seconds(20))[0];
}

std::string About(const std::string& control_plane, int64_t organization, int64_t tenant) {
  pb::ListRejectedRequest request;
  request.mutable_scope()->set_control_plane(control_plane);
  request.mutable_scope()->set_organization(organization);
  request.mutable_scope()->set_tenant(tenant);
  return request.SerializeAsString();
}

// A certificate that is its own authority, for all daemons.
TlsFiles NewTls(const TempDir& dir, const std::string& name) {
  const std::string certificate = dir.path() + "/" + name + ".crt";
  const std::string key = dir.path() + "/" + name + ".key";
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", certificate, key));
  return {certificate, key, certificate};
}

}  // namespace

TEST_CASE("a control plane is looked up again by the daemon that is asked", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  const auto other = env.NewControlPlane("other");
  Callers callers(TestSealer(), {});
  const auto organization = static_cast<int64_t>(scope.organization());
  const auto tenant = static_cast<int64_t>(scope.tenant());
  const std::string id = scope.control_plane().str();
  CHECK(AskB(env, callers, "ListRejected", About(id, organization, tenant)).ok());
  for (const std::string& forged :
       {About(id, organization + 1, tenant), About(id, organization, tenant + 1),
        About(other.control_plane().str(), organization, tenant), About("", organization, tenant),
        About("11111111-1111-4111-8111-111111111111", organization, tenant)}) {
    CHECK(AskB(env, callers, "ListRejected", forged).status() ==
          absl::NotFoundError("no such control plane"));
  }
  pb::AskZoneRequest question;
  question.mutable_scope()->set_control_plane(other.control_plane().str());
  question.mutable_scope()->set_organization(organization);
  question.mutable_scope()->set_tenant(tenant);
  for (const char* method : {"AskZone", "ListVerdicts", "ReadPropagation", "ReadZone"}) {
    CAPTURE(method);
    CHECK(absl::IsNotFound(AskB(env, callers, method, question.SerializeAsString()).status()));
  }
}

TEST_CASE("only daemons of the same database are answered, by the one that they mean", "[peers]") {
  PeerEnv env;
  Callers callers(TestSealer(), {});
  CHECK(AskB(env, callers, "GetStanding", "").ok());
  CHECK(absl::IsUnauthenticated(AskB(env, callers, "GetStanding", "", "id-of-a").status()));
  const TempDir dir;
  const auto sealer = store::LoadSealer(dir.path() + "/other.key");
  REQUIRE(sealer.ok());
  Callers strangers(**sealer, {});
  CHECK(absl::IsUnauthenticated(AskB(env, strangers, "GetStanding", "").status()));
  CHECK(AskB(env, callers, "Explode", "").status().code() == absl::StatusCode::kUnimplemented);
  CHECK(absl::IsInvalidArgument(AskB(env, callers, "ReadZone", "\x08").status()));
  // Nothing is kept of a question that is too large.
  CHECK_FALSE(AskB(env, callers, "ReadZone", std::string(2u << 20, 'x')).ok());
  CHECK(AskB(env, callers, "GetStanding", "").ok());
}

TEST_CASE("daemons away from loopback know each other by certificates", "[peers]") {
  const TempDir dir;
  const TlsFiles tls = NewTls(dir, "daemons");
  PeerEnv env(tls);
  Callers ours(TestSealer(), tls);
  CHECK(AskB(env, ours, "GetStanding", "").ok());
  // Without a certificate, with another's, and without TLS.
  Callers strangers(TestSealer(), NewTls(dir, "strangers"));
  CHECK(absl::IsUnavailable(AskB(env, strangers, "GetStanding", "").status()));
  Callers trusting(TestSealer(),
                   {strangers.tls().certificate_file, strangers.tls().key_file, tls.ca_file});
  CHECK(absl::IsUnavailable(AskB(env, trusting, "GetStanding", "").status()));
  Callers plain(TestSealer(), {});
  CHECK(absl::IsUnavailable(AskB(env, plain, "GetStanding", "").status()));
  const auto scope = env.NewControlPlane();
  CHECK(env.a->Rejected(scope).empty());  // everybody answered
}

TEST_CASE("without certificates a daemon talks on loopback only", "[peers]") {
  for (const auto& [address, dialled] :
       {std::pair("0.0.0.0:0", ""), std::pair("127.0.0.1:0", "10.0.0.1:5686"),
        std::pair("127.0.0.1:0", "skyden.example.com:5686")}) {
    CAPTURE(address, dialled);
    const auto port = Port::Listen({.address = address, .public_address = dialled});
    CHECK(absl::IsInvalidArgument(port.status()));
  }
  CHECK(absl::IsInvalidArgument(
      Port::Listen({.address = "127.0.0.1:0", .tls = {.certificate_file = "x"}}).status()));
  Callers callers(TestSealer(), {});
  const std::vector<Other> others = {{"x", "x", "10.0.0.1:5686"}, {"y", "y", ""}};
  for (const auto& answer : callers.AskAll(others, "GetStanding", "", absl::Seconds(1))) {
    CHECK(absl::IsFailedPrecondition(answer.status()));
  }
}

TEST_CASE("a port that nobody serves refuses", "[peers]") {
  const auto port = NewPort();
  Callers callers(TestSealer(), {});
  const std::vector<Other> others = {{"x", "x", port->public_address()}};
  CHECK(absl::IsUnavailable(
      callers.AskAll(others, "GetStanding", "", absl::Seconds(20))[0].status()));
  callers.Close();
  CHECK_FALSE(callers.AskAll(others, "GetStanding", "", absl::Seconds(20))[0].ok());
}
