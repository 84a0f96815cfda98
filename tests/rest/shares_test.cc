// SPDX-License-Identifier: Apache-2.0
// Who is told what before there is work for it, and how much one of many may take.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "rest/list_query.h"
#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/store/directory_tx.h"
#include "tests/http/raw_client.h"
#include "tests/rest/rest_env.h"

using namespace skyden;
using namespace skyden::rest;

namespace {

using http::RawClient;

// The head of a request whose body does not follow.
std::string Head(std::string_view method, std::string_view path, std::string_view token,
                 size_t length, std::string_view more = "") {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n{}\r\n",
      method, path, token, length, more);
}

std::string Ask(RestEnv& env, const std::string& bytes) {
  RawClient client(env.server->address());
  REQUIRE(client.Send(bytes));
  return client.ReadResponse();
}

constexpr char kDocument[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"taken","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]}})";

// Holds the store's writer for as long as it lives.
class HeldWriter {
 public:
  explicit HeldWriter(store::Store& store) {
    const auto nobody = model::SystemScope::For("test").In(model::OrganizationKey{0});
    store.WriteDirectoryAsync(
        nobody,
        [this](store::DirectoryTx&) {
          begun_.Notify();
          let_go_.WaitForNotification();
          return absl::OkStatus();
        },
        [this](const absl::Status&) { over_.Notify(); });
    begun_.WaitForNotification();
  }
  ~HeldWriter() {
    let_go_.Notify();
    over_.WaitForNotification();
  }

 private:
  absl::Notification begun_, let_go_, over_;
};

std::string SecretOf(size_t number, size_t bytes) {
  return fmt::format(R"({{"type":"Secret","mesh":"default","name":"large-{}","data":"{}"}})",
                     number, std::string(bytes, 'A'));
}

}  // namespace

TEST_CASE("who may not import is told so while the body is still to come", "[rest][shares]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/import";
  const std::string viewer = env.NewToken(model::Role::kViewer);
  const std::string answer = Ask(env, Head("POST", path, viewer, 8 << 20));
  CHECK(answer.starts_with("HTTP/1.1 403"));
  CHECK(answer.find("application/problem+json") != std::string::npos);
  CHECK(Ask(env, Head("POST", path, "kpat_nobody", 8 << 20)).starts_with("HTTP/1.1 401"));
  const std::string stranger = env.NewOrganization("elsewhere");
  CHECK(Ask(env, Head("POST", path, stranger, 8 << 20)).starts_with("HTTP/1.1 404"));
}

TEST_CASE("what who may not import sends is never inflated", "[rest][shares]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/import";
  const std::string bomb = base::Gzip(std::string(base::limits::kImportBytes + 1, ' '), 9);
  const Answer inflated = env.Post(path, bomb);
  CHECK(inflated.status == 400);
  CHECK(inflated.body.find("over 64 MiB") != std::string::npos);
  CHECK(env.Send("POST", path, env.NewToken(model::Role::kViewer), bomb).status == 403);
}

TEST_CASE("a body that nobody let in is neither asked for nor waited for", "[rest][shares]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const std::string path = api + "/meshes/default/meshtimeouts/t";
  CHECK(Ask(env, Head("PUT", path, "kpat_nobody", 3'000'000)).starts_with("HTTP/1.1 401"));
  CHECK(Ask(env, Head("PUT", path, "kpat_nobody", 3'000'000, "Expect: 100-continue\r\n"))
            .starts_with("HTTP/1.1 401"));
  CHECK(Ask(env, Head("PUT", path, env.operator_token, 3'000'000, "Expect: 100-continue\r\n"))
            .starts_with("HTTP/1.1 100"));
  CHECK(Ask(env, Head("POST", "/v1/mesh/control-planes", "kpat_nobody", 3'000'000))
            .starts_with("HTTP/1.1 401"));
  CHECK(
      Ask(env, Head("PUT", "/nowhere", env.operator_token, 3'000'000)).starts_with("HTTP/1.1 404"));
}

TEST_CASE("large bodies of those who are let in are taken", "[rest][shares]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(id);
  CHECK(env.Put(api + "/meshes/default/secrets/large-1", SecretOf(1, 400'000)).status == 201);
  std::string documents;
  for (int i = 0; i < 400; ++i) documents += fmt::format("---\n# {}\n", std::string(100, 'x'));
  const Answer imported =
      env.Post("/v1/mesh/control-planes/" + id + "/ops/import", documents + "---\n" + kDocument);
  CHECK(imported.status == 200);
  CHECK(imported.json()["created"] == 1);
}

TEST_CASE("a second import of a control plane is refused before its body", "[rest][shares]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/import";
  auto held = std::make_unique<HeldWriter>(*env.store);
  Answer first;
  std::thread importer([&] { first = env.Post(path, kDocument); });
  // It has its place when a second finds none.
  std::string second;
  do {
    second = Ask(env, Head("POST", path, env.operator_token, 8 << 20, "Expect: 100-continue\r\n"));
  } while (second.starts_with("HTTP/1.1 100"));
  CHECK(second.starts_with("HTTP/1.1 429"));
  CHECK(second.find("Retry-After: ") != std::string::npos);
  CHECK(second.find("this control plane") != std::string::npos);
  held = nullptr;
  importer.join();
  CHECK(first.status == 200);
}

TEST_CASE("an import that waits for the writer keeps no worker from others", "[rest][shares]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(env.NewControlPlane("other"));
  auto held = std::make_unique<HeldWriter>(*env.store);
  Answer first;
  std::thread importer(
      [&] { first = env.Post("/v1/mesh/control-planes/" + id + "/ops/import", kDocument); });
  for (int i = 0; i < 20; ++i) CHECK(env.Get(api + "/meshes/default").status == 200);
  held = nullptr;
  importer.join();
  CHECK(first.status == 200);
}

TEST_CASE("a page ends by bytes as well, and says where the next begins", "[rest][shares]") {
  PageItems page(10, 40, 100);
  CHECK(page.Add(std::string(60, 'a')));
  CHECK(page.Add(std::string(40, 'b')));
  CHECK_FALSE(page.Add("c"));
  CHECK(page.items().size() == 2);
  CHECK(page.next_offset() == 12);

  PageItems whole(10, 40, 100);
  CHECK(whole.Add("a"));
  CHECK(whole.next_offset() == 40);
  PageItems last(10, std::nullopt, 100);
  CHECK(last.Add(std::string(1000, 'a')));  // one at least
  CHECK(last.next_offset() == std::nullopt);
  CHECK_FALSE(last.Add("b"));
  CHECK(last.next_offset() == 11);
}

TEST_CASE("following next walks a list of large resources once, in pages of bounded size",
          "[rest][shares]") {
  constexpr size_t kSecrets = 6;
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  for (size_t i = 0; i < kSecrets; ++i) {
    REQUIRE(
        env.Put(fmt::format("{}/meshes/default/secrets/large-{}", api, i), SecretOf(i, 3'000'000))
            .status == 201);
  }
  std::set<std::string> seen;
  size_t pages = 0;
  const std::string origin = "http://" + env.server->address();
  std::string path = api + "/meshes/default/secrets?size=1000&name=large-";
  while (!path.empty() && pages < 2 * kSecrets) {
    const Answer answer = env.Get(path);
    REQUIRE(answer.status == 200);
    CHECK(answer.body.size() <= base::limits::kPageBytes + 4096);
    const auto list = answer.json();
    CHECK(list["total"] == kSecrets);
    CHECK(!list["items"].empty());
    for (const auto& item : list["items"]) CHECK(seen.insert(item["name"]).second);
    ++pages;
    path = list["next"].is_null() ? "" : std::string(list["next"]).substr(origin.size());
  }
  CHECK(seen.size() == kSecrets);
  CHECK(pages == 3);
}

TEST_CASE("one organization's watches leave room for others", "[rest][shares][watch]") {
  namespace limits = base::limits;
  RestEnv env;
  std::vector<std::string> planes;
  const size_t full = limits::kWatchesPerOrganization / limits::kWatchesPerControlPlane;
  for (size_t i = 0; i <= full; ++i) planes.push_back(env.NewControlPlane(fmt::format("p{}", i)));
  std::vector<std::unique_ptr<RawClient>> watching;
  const auto watch = [&](const std::string& plane, const std::string& token) {
    watching.push_back(std::make_unique<RawClient>(env.server->address()));
    REQUIRE(watching.back()->Send(
        fmt::format("GET {}/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n",
                    RestEnv::ApiOf(plane), token)));
    return watching.back()->ReadHead();
  };
  for (size_t i = 0; i < limits::kWatchesPerOrganization; ++i) {
    REQUIRE(watch(planes[i % full], env.operator_token).starts_with("HTTP/1.1 200"));
  }
  const std::string refused = watch(planes[full], env.operator_token);
  CHECK(refused.starts_with("HTTP/1.1 429"));
  CHECK(refused.find("Retry-After: ") != std::string::npos);

  const std::string stranger = env.NewOrganization("elsewhere");
  const Answer made = env.Send("POST", "/v1/mesh/control-planes", stranger, R"({"name":"theirs"})");
  REQUIRE(made.status == 201);
  CHECK(watch(made.json()["id"], stranger).starts_with("HTTP/1.1 200"));
}
