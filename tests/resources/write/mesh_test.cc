// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;

std::string Builtin(const std::string& name, const std::string& conf = "") {
  return fmt::format(R"({{"name":"{}","type":"builtin"{}}})", name,
                     conf.empty() ? "" : ",\"conf\":" + conf);
}

std::string Mtls(const std::string& enabled, const std::string& backend) {
  const std::string on = enabled.empty() ? "" : fmt::format(R"("enabledBackend":"{}",)", enabled);
  return fmt::format(R"("mtls":{{{}"backends":[{}]}})", on, backend);
}

std::string JsonText(const std::string& text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  return "\"" + quoted + "\"";
}

TEST_CASE("a new mesh begins with its policies and its signing key", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  CHECK(env.NamesOf("MeshTimeout", "demo") ==
        Lines{"mesh-gateways-timeout-all-demo", "mesh-timeout-all-demo"});
  CHECK(env.NamesOf("MeshRetry", "demo") == Lines{"mesh-retry-all-demo"});
  CHECK(env.NamesOf("MeshCircuitBreaker", "demo") == Lines{"mesh-circuit-breaker-all-demo"});
  CHECK(env.NamesOf("Secret", "demo") == Lines{"dataplane-token-signing-key-demo-1"});
  const auto retry = env.Get("MeshRetry", "demo", "mesh-retry-all-demo");
  REQUIRE(retry.ok());
  CHECK(retry->labels == model::Labels{{"kuma.io/mesh", "demo"}});
}

TEST_CASE("initial policies can be skipped, all or by type", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "bare", R"("skipCreatingInitialPolicies":["*"])").ok());
  CHECK(env.NamesOf("MeshTimeout", "bare").empty());
  CHECK(env.NamesOf("Secret", "bare") == Lines{"dataplane-token-signing-key-bare-1"});
  REQUIRE(env.Put("Mesh", "", "some", R"("skipCreatingInitialPolicies":["MeshTimeout"])").ok());
  CHECK(env.NamesOf("MeshTimeout", "some").empty());
  CHECK(env.NamesOf("MeshRetry", "some") == Lines{"mesh-retry-all-some"});
}

TEST_CASE("initial policies are not made again when a mesh is updated", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Delete("MeshRetry", "default", "mesh-retry-all-default").ok());
  REQUIRE(env.Put("Mesh", "", "default").ok());
  CHECK(env.NamesOf("MeshRetry").empty());
}

TEST_CASE("a mesh that comes back uses the signing keys that its users kept", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  REQUIRE(
      env.Put("Secret", "demo", "dataplane-token-signing-key-demo-2", R"("data":"aGVsbG8=")").ok());
  REQUIRE(env.Delete("Mesh", "", "demo").ok());
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  CHECK(env.NamesOf("Secret", "demo") == Lines{"dataplane-token-signing-key-demo-2"});
}

TEST_CASE("a builtin authority gets its certificate and key, once", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "payments", Mtls("ca-1", Builtin("ca-1"))).ok());
  CHECK(env.NamesOf("Secret", "payments") == Lines{"dataplane-token-signing-key-payments-1",
                                                   "payments.ca-builtin-cert-ca-1",
                                                   "payments.ca-builtin-key-ca-1"});
  const std::string cert = env.SecretText("Secret", "payments", "payments.ca-builtin-cert-ca-1");
  const std::string key = env.SecretText("Secret", "payments", "payments.ca-builtin-key-ca-1");
  CHECK(base::CheckCaPair(cert, key).ok());
  CHECK(env.Get("Secret", "payments", "payments.ca-builtin-key-ca-1")->labels.empty());

  REQUIRE(env.Put("Mesh", "", "payments",
                  Mtls("ca-1", Builtin("ca-1")) + R"(,"routing":{"zoneEgress":true})")
              .ok());
  CHECK(env.SecretText("Secret", "payments", "payments.ca-builtin-cert-ca-1") == cert);
}

TEST_CASE("the authority cannot be switched while mTLS is on", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "default", Mtls("ca-1", Builtin("ca-1"))).ok());
  const auto refused = env.Put("Mesh", "", "default", Mtls("ca-2", Builtin("ca-2")));
  CHECK(base::TitleOf(refused.status()) == "Failed to update a resource");
  CHECK(Reasons(refused.status()) ==
        Lines{"mtls.enabledBackend: Changing CA when mTLS is enabled is forbidden. Disable mTLS "
              "first and then change the CA"});
  CHECK(absl::IsNotFound(env.Get("Secret", "default", "default.ca-builtin-key-ca-2").status()));
  CHECK(env.Put("Mesh", "", "default", Mtls("", Builtin("ca-1"))).ok());
  CHECK(env.Put("Mesh", "", "default", Mtls("ca-2", Builtin("ca-2"))).ok());
}

TEST_CASE("what is wrong with an authority is said with its place", "[manager]") {
  ManagerEnv env;
  const auto unknown =
      env.Put("Mesh", "", "m", Mtls("ca", R"({"name":"ca","type":"vault-of-mine"})"));
  CHECK(base::TitleOf(unknown.status()) == "Failed to create a resource");
  CHECK(Reasons(unknown.status()) ==
        Lines{"mtls.backends[0].type: could not find installed plugin for this type"});
  const auto bits =
      env.Put("Mesh", "", "m", Mtls("ca", Builtin("ca", R"({"caCert":{"RSAbits":65536}})")));
  CHECK(Reasons(bits.status()) ==
        Lines{"mtls.backends[0].conf.caCert.RSAbits: must be in the range [1024, 4096]"});
  const auto life =
      env.Put("Mesh", "", "m", Mtls("ca", Builtin("ca", R"({"caCert":{"expiration":"forever"}})")));
  CHECK(Reasons(life.status()) ==
        Lines{"mtls.backends[0].conf.caCert.expiration: has to be a valid format"});
  CHECK(absl::IsNotFound(env.Get("Mesh", "", "m").status()));
  CHECK(env.Put("Mesh", "", "m",
                Mtls("ca", Builtin("ca", R"({"caCert":{"RSAbits":1024,"expiration":"1d"}})")))
            .ok());
}

TEST_CASE("an authority's life wraps around where Go's does", "[manager]") {
  ManagerEnv env;
  int number = 0;
  for (const char* life : {"2562048h", "293y", "99999999999999999999s", "0", "100ms"}) {
    CAPTURE(life);
    const std::string conf =
        R"({"caCert":{"RSAbits":1024,"expiration":")" + std::string(life) + R"("}})";
    CHECK(
        env.Put("Mesh", "", "m" + std::to_string(number++), Mtls("ca", Builtin("ca", conf))).ok());
  }
}

TEST_CASE("a mesh name fits a DNS label", "[manager]") {
  ManagerEnv env;
  const auto refused = env.Put("Mesh", "", std::string(64, 'm'));
  CHECK(base::TitleOf(refused.status()) == "Failed to create a resource");
  CHECK(Reasons(refused.status()) == Lines{"name: cannot be longer than 63 characters"});
  CHECK(env.Put("Mesh", "", std::string(63, 'm')).ok());
}

TEST_CASE("a provided authority is checked, wherever its parts come from", "[manager]") {
  ManagerEnv env;
  const auto made = base::GenerateMeshCa("default", 2048, env.clock.Now() - absl::Hours(1),
                                         env.clock.Now() + absl::Hours(1));
  REQUIRE(made.ok());
  const auto provided = [](const std::string& cert, const std::string& key) {
    return Mtls("ca",
                fmt::format(R"({{"name":"ca","type":"provided","conf":{{"cert":{},"key":{}}}}})",
                            cert, key));
  };
  const auto inline_of = [](const std::string& pem) {
    return fmt::format(R"({{"inlineString":{}}})", JsonText(pem));
  };
  CHECK(env.Put("Mesh", "", "default",
                provided(inline_of(made->certificate_pem), inline_of(made->private_key_pem)))
            .ok());

  const std::string secrets = provided(R"({"secret":"the-cert"})", R"({"secret":"the-key"})");
  REQUIRE(env.Put("Mesh", "", "m").ok());
  const auto missing = env.Put("Mesh", "", "m", secrets);
  const std::string why =
      R"(could not load data: resource not found: type="Secret" name="the-key" mesh="m")";
  CHECK(Reasons(missing.status()) ==
        Lines{"mtls.backends[0].conf.cert: " + why, "mtls.backends[0].conf.key: " + why});
  const auto put_secret = [&](const std::string& name, const std::string& pem) {
    REQUIRE(
        env.Put("Secret", "m", name, fmt::format(R"("data":"{}")", base::Base64Encode(pem))).ok());
  };
  put_secret("the-cert", made->certificate_pem);
  put_secret("the-key", "not a key");
  CHECK(absl::IsInvalidArgument(env.Put("Mesh", "", "m", secrets).status()));
  put_secret("the-key", made->private_key_pem);
  const auto put = env.Put("Mesh", "", "m", secrets);
  INFO(put.status());
  CHECK(put.ok());
  CHECK_FALSE(env.Delete("Secret", "m", "the-key").ok());
}

TEST_CASE("a tenant's mesh cannot read the host's files", "[manager]") {
  ManagerEnv env;
  const auto refused = env.Put(
      "Mesh", "", "m",
      Mtls("ca", R"({"name":"ca","type":"provided","conf":{"cert":{"file":"/etc/hostname"},)"
                 R"("key":{"file":"/etc/hostname"}}})"));
  REQUIRE(Reasons(refused.status()).size() == 2);
  CHECK(Reasons(refused.status())[0] ==
        "mtls.backends[0].conf.cert: could not load data: open /etc/hostname: no such file or "
        "directory");
}

}  // namespace
}  // namespace skyden::resources::testing
