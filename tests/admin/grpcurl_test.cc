// SPDX-License-Identifier: Apache-2.0
// The real grpcurl against the real server: what an operator types.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "server/services.h"
#include "tests/admin/admin_env.h"
#include "tests/skip.h"

namespace skyden::admin {
namespace {

using model::Role;

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Where `go install` and packages put it; empty when it is nowhere.
std::string FindGrpcurl() {
  std::vector<std::string> folders;
  std::string path = Environment("PATH");
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    folders.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  folders.push_back(Environment("GOBIN"));
  if (!Environment("GOPATH").empty()) folders.push_back(Environment("GOPATH") + "/bin");
  folders.push_back(Environment("HOME") + "/go/bin");
  for (const std::string& folder : folders) {
    std::error_code ignored;
    if (!folder.empty() && std::filesystem::exists(folder + "/grpcurl", ignored)) {
      return folder + "/grpcurl";
    }
  }
  return {};
}

struct Result {
  int exit_code = 0;
  std::string output;  // both streams
};

Result Run(const std::string& command) {
  Result result;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    result.output.append(buffer, n);
  }
  result.exit_code = WEXITSTATUS(pclose(pipe));
  return result;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The value of the first `"key": "value"` of a JSON text.
std::string Field(const std::string& json, const std::string& key) {
  const std::string before = "\"" + key + "\": \"";
  const size_t begin = json.find(before);
  REQUIRE(begin != std::string::npos);
  const size_t value = begin + before.size();
  return json.substr(value, json.find('"', value) - value);
}

TEST_CASE("grpcurl lists, creates, reads, provisions and deletes") {
  const std::string program = FindGrpcurl();
  if (program.empty()) {
    Skip("there is no grpcurl on PATH, in GOBIN or GOPATH/bin");
    return;
  }
  AdminEnv env;
  const std::string token = env.Token(Role::kOperator);
  const std::string address = env.server().address();
  const std::string plain = program + " -plaintext ";
  const std::string signed_in = plain + "-H 'authorization: Bearer " + token + "' ";
  const auto call = [&](const std::string& method, const std::string& json) {
    return Run(signed_in + "-d '" + json + "' " + address + " skyden.admin.v1." + method);
  };

  for (const std::string& with : {plain, signed_in}) {
    const Result list = Run(with + address + " list");
    CAPTURE(list.output);
    CHECK(list.exit_code == 0);
    CHECK(Has(list.output, "skyden.admin.v1.ControlPlanes\n"));
    CHECK(Has(list.output, "skyden.admin.v1.Zones\n"));
    CHECK(Has(list.output, "grpc.health.v1.Health\n"));
  }
  const Result describe = Run(plain + address + " describe skyden.admin.v1.ControlPlanes");
  CHECK(Has(describe.output, "rpc Create"));
  const Result health = Run(plain + address + " grpc.health.v1.Health/Check");
  CHECK(Has(health.output, "SERVING"));

  const Result created =
      call("ControlPlanes/Create", R"({"name":"team-a","labels":{"env":"prod"}})");
  CAPTURE(created.output);
  REQUIRE(created.exit_code == 0);
  const std::string id = Field(created.output, "id");
  CHECK(Has(call("ControlPlanes/List", "{}").output, id));
  CHECK(Has(call("ControlPlanes/Get", R"({"id":")" + id + R"("})").output, "\"team-a\""));
  const Result zone = call("Zones/Provision", R"({"control_plane_id":")" + id +
                                                  R"(","name":"zone-1","format":"UNIVERSAL"})");
  CAPTURE(zone.output);
  REQUIRE(zone.exit_code == 0);
  CHECK(env.services()
            .authenticator
            .AuthenticateZone(Field(zone.output, "token"), model::ControlPlaneId(id), "zone-1")
            .ok());
  CHECK(Has(call("Zones/List", R"({"control_plane_id":")" + id + R"("})").output, "\"zone-1\""));

  const Result nobody = Run(plain + "-d '{}' " + address + " skyden.admin.v1.ControlPlanes/List");
  CHECK(nobody.exit_code != 0);
  CHECK(Has(nobody.output, "Unauthenticated"));
  CHECK_FALSE(Has(nobody.output, id));
  const Result wrong = call("ControlPlanes/Create", R"({"name":""})");
  CHECK(wrong.exit_code != 0);
  CHECK(Has(wrong.output, "InvalidArgument"));
  CHECK(Has(wrong.output, "google.rpc.BadRequest"));

  CHECK(call("ControlPlanes/Delete", R"({"id":")" + id + R"("})").exit_code == 0);
  CHECK(Has(call("ControlPlanes/Get", R"({"id":")" + id + R"("})").output, "NotFound"));
}

}  // namespace
}  // namespace skyden::admin
