// SPDX-License-Identifier: Apache-2.0
#include "tests/end_to_end/daemon.h"

#include <httplib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "tests/store/postgres_engine.h"

namespace skyden::end_to_end {

struct Rest::Impl {
  Impl(const std::string& base, std::string with) : client(base), token(std::move(with)) {}
  httplib::Client client;
  std::string token;
};

Rest::Rest(std::string base, std::string token, const std::string& ca_file)
    : impl_(std::make_unique<Impl>(base, std::move(token))) {
  impl_->client.set_keep_alive(true);
  impl_->client.set_read_timeout(30);
  if (!ca_file.empty()) impl_->client.set_ca_cert_path(ca_file.c_str());
}
Rest::~Rest() = default;
Rest::Rest(Rest&&) noexcept = default;

Answer Rest::Call(const std::string& method, const std::string& path, const Json& body) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  if (!impl_->token.empty()) request.headers.emplace("authorization", "Bearer " + impl_->token);
  if (!body.is_null()) {
    request.headers.emplace("content-type", "application/json");
    request.body = body.dump();
  }
  const httplib::Result result = impl_->client.send(request);
  if (!result) return {};
  Json parsed = Json::parse(result->body, nullptr, /*allow_exceptions=*/false);
  return {result->status, parsed.is_discarded() ? Json(result->body) : std::move(parsed)};
}

namespace {

// The database that tests/postgres/with_database.sh made for one daemon, when that runs us.
std::map<std::string, std::string> WithStore(std::map<std::string, std::string> environment) {
  for (const char* name : {"SKYDEN_STORE", "SKYDEN_POSTGRES_DSN_FILE"}) {
    if (const char* value = std::getenv(name)) environment.emplace(name, value);
  }
  return environment;
}

}  // namespace

TestDaemon::TestDaemon(std::vector<std::string> flags,
                       std::map<std::string, std::string> environment)
    : flags_(std::move(flags)), environment_(WithStore(std::move(environment))) {
  mkdir(data_dir().c_str(), 0700);
  if (store::testing::OnPostgres()) {
    database_ = std::make_unique<store::testing::PostgresDatabase>();
    const store::PostgresLogins logins = database_->logins();
    const std::string file = dir_.path() + "/dsn";
    WriteFile(file, fmt::format("app {}\nsystem {}\n", logins.app, logins.system));
    REQUIRE(chmod(file.c_str(), 0600) == 0);
    environment_.emplace("SKYDEN_STORE", "postgres");
    environment_.emplace("SKYDEN_POSTGRES_DSN_FILE", file);
  }
  Start();
}

TestDaemon::~TestDaemon() = default;

void TestDaemon::Start() {
  std::vector<std::string> arguments = {SKYDEN_BINARY, "serve", "--data-dir", data_dir()};
  for (const char* port : {"http", "admin", "kds", "diagnostics"}) {
    arguments.push_back(fmt::format("--{}-address", port));
    arguments.push_back("127.0.0.1:0");
  }
  arguments.insert(arguments.end(), flags_.begin(), flags_.end());
  const std::string file = data_dir() + "/addresses.json";
  std::remove(file.c_str());  // one that a killed daemon left
  process_ = std::make_unique<Process>(arguments, dir_.path() + "/daemon", environment_);
  const absl::Time give_up = absl::Now() + kPatience;
  std::string text;
  while ((text = ReadFile(file)).empty() && process_->running() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  INFO("the daemon said: " << process_->errors());
  REQUIRE_FALSE(text.empty());
  addresses_ = Json::parse(text);
}

int TestDaemon::Stop() {
  process_->Signal(SIGTERM);
  return process_->Wait().value_or(-1000);
}

void TestDaemon::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

std::string TestDaemon::token() const {
  std::string text = ReadFile(data_dir() + "/admin.token");
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

std::string TestDaemon::base() const {
  return fmt::format("{}://{}", addresses_.at("http_tls").get<bool>() ? "https" : "http",
                     address("http"));
}

Answer TestDaemon::Call(const std::string& method, const std::string& path,
                        const Json& body) const {
  return NewRest().Call(method, path, body);
}

Ran TestDaemon::Cli(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), SKYDEN_BINARY);
  return Run(arguments, {{"SKYDEN_ADDRESS", base()}, {"SKYDEN_TOKEN", token()}});
}

std::string TestDaemon::CreateControlPlane(const std::string& name,
                                           const std::string& version) const {
  const Answer made =
      Call("POST", "/v1/mesh/control-planes", {{"name", name}, {"version", version}});
  INFO(made.body.dump());
  REQUIRE(made.status == 201);
  return made.body.at("id").get<std::string>();
}

std::string TestDaemon::Provision(const std::string& id, const std::string& zone) const {
  const Answer made = Call("POST", ApiOf(id) + "/provision-zone", {{"name", zone}});
  INFO(made.body.dump());
  REQUIRE(made.status == 200);
  return made.body.at("token").get<std::string>();
}

std::string TestDaemon::GlobalAddress(const std::string& id, const std::string& token) const {
  const char* scheme = addresses_.at("kds_tls").get<bool>() ? "grpcs" : "grpc";
  return fmt::format("{}://{}:{}@{}", scheme, id, token, address("kds"));
}

std::unique_ptr<Process> TestDaemon::Simulate(const std::string& name, const std::string& global,
                                              std::vector<std::string> flags) const {
  std::vector<std::string> arguments = {SKYDEN_BINARY, "zone",   "simulate", "--global",
                                        global,        "--name", name};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return std::make_unique<Process>(arguments, dir_.path() + "/" + name);
}

Json Timeout(const std::string& name, int seconds) {
  return {{"type", "MeshTimeout"},
          {"mesh", "default"},
          {"name", name},
          {"spec",
           {{"targetRef", {{"kind", "Mesh"}}},
            {"to",
             {{{"targetRef", {{"kind", "Mesh"}}},
               {"default", {{"connectionTimeout", fmt::format("{}s", seconds)}}}}}}}}};
}

}  // namespace skyden::end_to_end
