// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/config.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "server/config_file.h"
#include "skyden/base/strings.h"
#include "tests/temp_dir.h"

namespace skyden::server {
namespace {

std::string Message(const absl::StatusOr<Config>& config) {
  return config.ok() ? "" : std::string(base::ToStd(config.status().message()));
}

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) : path_(dir_.path() + "/skyden.yaml") {
    std::ofstream(path_) << text;
  }
  ConfigSources sources() const { return {.file = path_, .environment = {}, .flags = {}}; }
  const std::string& path() const { return path_; }

 private:
  TempDir dir_;
  std::string path_;
};

TEST_CASE("without any source the defaults listen on loopback", "[server][config]") {
  const auto config = LoadConfig({});
  REQUIRE(config.ok());
  CHECK(config->http.address == "127.0.0.1:5681");
  CHECK(config->admin.address == "127.0.0.1:5684");
  CHECK(config->kds.address == "127.0.0.1:5685");
  CHECK(config->diagnostics.address == "127.0.0.1:5680");
  CHECK_FALSE(config->kds.tls());
}

TEST_CASE("the environment wins over the file, and flags over both", "[server][config]") {
  const ConfigFile file(
      "http_address: 127.0.0.1:1\n"
      "kds_address: 127.0.0.1:1\n"
      "admin_address: 127.0.0.1:1\n");
  ConfigSources sources = file.sources();
  sources.environment = {{"SKYDEN_KDS_ADDRESS", "127.0.0.1:2"},
                         {"SKYDEN_ADMIN_ADDRESS", "127.0.0.1:2"}};
  sources.flags = {{"admin_address", "127.0.0.1:3"}};
  const auto config = LoadConfig(sources);
  REQUIRE(config.ok());
  CHECK(config->http.address == "127.0.0.1:1");
  CHECK(config->kds.address == "127.0.0.1:2");
  CHECK(config->admin.address == "127.0.0.1:3");
}

TEST_CASE("an error is one line, whatever the file holds", "[server][config]") {
  const std::string text = GENERATE(as<std::string>(), "a: \"\\\n\"\n", "\"a\\nb\": 1\n",
                                    "log_level: \"x\\ny\"\n", "a: b\n\r: \x01\n", "- a\n\n- b");
  const ConfigFile file(text);
  const std::string message = Message(LoadConfig(file.sources()));
  INFO(message);
  CHECK_FALSE(message.empty());
  for (const char c : message) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

TEST_CASE("what is printed reads back as the same configuration", "[server][config]") {
  ConfigSources sources;
  sources.flags = {
      {"data_dir", "a folder: with \"signs\""},
      {"drain_time", "1m30s"},
      {"log_level", "debug"},
      {"worker_threads", "3"},
      {"trusted_proxies", "10.0.0.1,::1"},
      {"oidc_issuer", "https://login.example.com"},
      {"oidc_audience", "skyden"},
      {"oidc_roles", "a=Admin,b c=Viewer@0f8b3c52-7b1e-4a55-9d0e-3f1f6f0c9a11,d=team:Mesh ops"},
      {"http_address", "[::1]:0"},
      {"kds_allow_plaintext", "true"},
      {"kds_address", "0.0.0.0:5685"}};
  const auto config = LoadConfig(sources);
  INFO(Message(config));
  REQUIRE(config.ok());
  const std::string printed = PrintConfig(*config);
  const ConfigFile file(printed);
  const auto again = LoadConfig(file.sources());
  INFO(printed << Message(again));
  REQUIRE(again.ok());
  CHECK(PrintConfig(*again) == printed);
  CHECK(again->data_dir == "a folder: with \"signs\"");
  CHECK(again->drain_time == absl::Seconds(90));
}

TEST_CASE("a printed configuration shows no password", "[server][config]") {
  ConfigSources sources;
  sources.flags = {{"kds_public_address", "grpcs://someone:hunter2@kds.example.com:5685"}};
  const auto config = LoadConfig(sources);
  REQUIRE(config.ok());
  CHECK(PrintConfig(*config).find("hunter2") == std::string::npos);
  CHECK(PrintConfig(*config).find("grpcs://***@kds.example.com:5685") != std::string::npos);
}

struct BadLine {
  const char* text;
  const char* where;  // what the message must name, after the file's path
};

TEST_CASE("a bad file is refused with one line that names the field", "[server][config]") {
  const auto bad = GENERATE(values<BadLine>({
      {"htp_address: 127.0.0.1:1\n",
       ":1: htp_address: there is no such setting; did you mean \"http_address\"?"},
      {"\nhttp_address: 127.0.0.1\n", ":2: http_address: "},
      {"http_address: example.com:1\n", ":1: http_address: "},
      {"http_address: '::1:7'\n", ":1: http_address: "},
      {"http_address: '[127.0.0.1]:1'\n", ":1: http_address: "},
      {"http_address: 127.0.0.1:65536\n", ":1: http_address: "},
      {"http_address: [1, 2]\n", ":1: http_address: "},
      {"log_level: loud\n", ":1: log_level: "},
      {"kds_allow_plaintext: yes\n", ":1: kds_allow_plaintext: "},
      {"worker_threads: 0\n", ":1: worker_threads: "},
      {"worker_threads: 5x\n", ":1: worker_threads: "},
      {"trusted_proxies: 10.0.0.1,proxy\n", ":1: trusted_proxies: \"proxy\" is not"},
      {"drain_time: soon\n", ":1: drain_time: "},
      {"oidc_roles: \"admins\"\n", ":1: oidc_roles: "},
      {"oidc_roles: admins=Boss\n", ":1: oidc_roles: "},
      {"oidc_clock_leeway: 1h\n", ":1: oidc_clock_leeway: "},
      {"log_level: info\nlog_level: info\n", ":2: log_level: given twice"},
      {"- a\n- b\n", ": must be a map"},
      {"a: [\n", ":2: not YAML"},
  }));
  const ConfigFile file(bad.text);
  const auto config = LoadConfig(file.sources());
  INFO(bad.text << " gave: " << Message(config));
  REQUIRE(config.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Message(config).find(file.path() + bad.where) == 0);
  CHECK(Message(config).find('\n') == std::string::npos);
}

TEST_CASE("a missing file is refused", "[server][config]") {
  const auto config = LoadConfig({.file = "/nowhere/skyden.yaml", .environment = {}, .flags = {}});
  CHECK(Message(config) == "--config: cannot read /nowhere/skyden.yaml");
}

TEST_CASE("a bad variable or flag is named as the operator wrote it", "[server][config]") {
  ConfigSources variable;
  variable.environment = {{"SKYDEN_LOG_LEVEL", "loud"}};
  CHECK(Message(LoadConfig(variable)).find("SKYDEN_LOG_LEVEL: ") == 0);
  ConfigSources flag;
  flag.flags = {{"kds_address", "nope"}};
  CHECK(Message(LoadConfig(flag)).find("--kds-address: ") == 0);
}

TEST_CASE("plaintext away from loopback has to be asked for, port by port", "[server][config]") {
  const std::string name = GENERATE("http", "admin", "kds", "diagnostics");
  const std::string address = GENERATE("0.0.0.0:1", "[::]:1", "10.1.2.3:1");
  ConfigSources sources;
  sources.flags = {{name + "_address", address}};
  CHECK(Message(LoadConfig(sources)).find(name + "_address: " + address) == 0);
  sources.flags[name + "_allow_plaintext"] = "true";
  CHECK(LoadConfig(sources).ok());
}

TEST_CASE("a certificate without its key is refused", "[server][config]") {
  const ConfigFile any("x");
  ConfigSources sources;
  sources.flags = {{"kds_certificate_file", any.path()}};
  CHECK(Message(LoadConfig(sources)).find("kds_key_file: ") == 0);
  sources.flags["kds_key_file"] = "/nowhere/key.pem";
  CHECK(Message(LoadConfig(sources)) == "kds_key_file: cannot read /nowhere/key.pem");
}

TEST_CASE("an identity provider needs an audience, and plaintext only on this machine",
          "[server][config]") {
  const auto with = [](const std::string& issuer, const std::string& audience) {
    ConfigSources sources;
    sources.flags = {{"oidc_issuer", issuer}, {"oidc_audience", audience}};
    return LoadConfig(sources);
  };
  CHECK(with("https://login.example.com/realm", "skyden").ok());
  CHECK(with("http://127.0.0.1:8080/realm", "skyden").ok());
  CHECK(with("http://localhost/realm", "skyden").ok());
  CHECK(Message(with("https://login.example.com", "")).find("oidc_audience: ") == 0);
  for (const char* plain : {"http://login.example.com", "http://127.0.0.1.example.com/",
                            "http://localhost.example.com", "login.example.com"}) {
    CHECK(Message(with(plain, "skyden")).find("oidc_issuer: ") == 0);
  }
}

TEST_CASE("signing in by browser says what else it needs", "[server][config]") {
  const TempDir dir;
  const std::string empty = dir.path() + "/empty";
  const std::string secret = dir.path() + "/secret";
  std::ofstream(empty) << "\n";
  std::ofstream(secret) << "s3cret\n";
  const std::map<std::string, std::string> good = {
      {"oidc_issuer", "https://login.example.com"},
      {"oidc_audience", "skyden"},
      {"oidc_client_id", "console"},
      {"http_public_address", "https://skyden.example.com"}};
  const auto with = [&good](const std::string& key, const std::string& value) {
    auto flags = good;
    flags[key] = value;
    return LoadConfig({.file = "", .environment = {}, .flags = std::move(flags)});
  };
  CHECK(with("oidc_client_secret_file", secret).ok());
  CHECK(with("http_public_address", "http://127.0.0.1:5681").ok());
  CHECK(with("http_public_address", "http://localhost:5681").ok());
  // Each says which setting, and what to write.
  CHECK(Message(with("oidc_client_secret_file", dir.path() + "/missing")) ==
        "oidc_client_secret_file: cannot read " + dir.path() + "/missing");
  CHECK(Message(with("oidc_client_secret_file", empty)).find("write the client's secret") !=
        std::string::npos);
  for (const char* plain : {"http://skyden.example.com", "http://10.0.0.1:5681"}) {
    CHECK(Message(with("http_public_address", plain))
              .find("http_public_address: must begin with https://") == 0);
  }
  CHECK(Message(with("http_public_address", "")).find("http_public_address: needed as well") == 0);
  CHECK(Message(with("oidc_issuer", "")).find("oidc_issuer: needed as well") == 0);
  CHECK(Message(with("oidc_issuer", "http://login.example.com")).find("oidc_issuer: ") == 0);
  CHECK(Message(with("oidc_client_id", "")).empty());
}

TEST_CASE("PostgreSQL needs its connection strings, and SQLite wants none", "[server][config]") {
  const auto load = [](std::map<std::string, std::string> flags) {
    return LoadConfig({.file = "", .environment = {}, .flags = std::move(flags)});
  };
  CHECK(load({})->store == Config::Engine::kSqlite);
  const auto both = load({{"store", "postgres"}, {"postgres_dsn_file", "/x"}});
  REQUIRE(both.ok());
  CHECK(both->store == Config::Engine::kPostgres);
  for (const auto& [flags, word] :
       std::vector<std::pair<std::map<std::string, std::string>, std::string>>{
           {{{"store", "mysql"}}, "sqlite or postgres"},
           {{{"store", "postgres"}}, "postgres_dsn_file"},
           {{{"store", "postgres"}, {"postgres_dsn_file", "/x"}, {"postgres_ca_file", "/none"}},
            "postgres_ca_file"},
           {{{"postgres_dsn_file", "/x"}}, "store: must be postgres"},
           {{{"postgres_require_sync", "true"}}, "store: must be postgres"},
           {{{"postgres_shared", "true"}}, "store: must be postgres"}}) {
    const auto refused = load(flags);
    INFO(word << " " << refused.status());
    CHECK(absl::IsInvalidArgument(refused.status()));
    CHECK(refused.status().message().find(word) != absl::string_view::npos);
  }
}

TEST_CASE("a mistyped variable is found, those of others are not", "[server][config]") {
  const auto unknown = UnknownVariables({{"SKYDEN_LOG_LEVEL", "info"},
                                         {"SKYDEN_TOKEN", "x"},
                                         {"SKYDEN_PORT_5681_TCP", "tcp://10.0.0.1:5681"},
                                         {"SKYDEN_LOGLEVEL", "info"}});
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].name == "SKYDEN_LOGLEVEL");
  CHECK(unknown[0].advice == "did you mean \"SKYDEN_LOG_LEVEL\"?");
}

TEST_CASE("only the userinfo of an address is masked", "[server][config]") {
  CHECK(MaskUserinfo("grpc://a:b@h:1/x@y") == "grpc://***@h:1/x@y");
  CHECK(MaskUserinfo("grpc://h:1/x@y") == "grpc://h:1/x@y");
  CHECK(MaskUserinfo("a@b") == "a@b");
}

}  // namespace
}  // namespace skyden::server
