// SPDX-License-Identifier: Apache-2.0
#include <httplib.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "skyden/base/crypto.h"
#include "skyden/http/fetch.h"
#include "skyden/http/knock.h"
#include "skyden/http/server.h"
#include "tests/telemetry/captured_log.h"
#include "tests/temp_dir.h"

namespace skyden::http {
namespace {

// A directory with a certificate and its key, and a server that uses them.
struct TlsServer {
  explicit TlsServer(base::limits::Rate arrivals = base::limits::kArrivals) {
    Issue("first");
    auto listening = Listen(threads,
                            {.name = "rest",
                             .address = "127.0.0.1:0",
                             .tls = TlsFiles{certificate_file(), key_file()},
                             .arrivals = arrivals},
                            [](Request request, Responder respond) {
                              respond({.status = 200,
                                       .content_type = "text/plain",
                                       .body = request.tls ? request.body : "not TLS",
                                       .headers = {}});
                            });
    REQUIRE(listening.ok());
    server = *std::move(listening);
  }

  std::string certificate_file() const { return directory / "tls.crt"; }
  std::string key_file() const { return directory / "tls.key"; }

  void Issue(const std::string& name) {
    const auto pair = base::GenerateMeshCa(name, 2048, absl::Now() - absl::Hours(1),
                                           absl::Now() + absl::Hours(1));
    REQUIRE(pair.ok());
    Write(certificate_file(), pair->certificate_pem);
    Write(key_file(), pair->private_key_pem);
    certificate = pair->certificate_pem;
  }

  static void Write(const std::string& file, const std::string& text) {
    std::ofstream(file, std::ios::trunc) << text;
  }

  // The certificate that a new connection is shown, as PEM; empty when the handshake fails.
  std::string Shown() const {
    httplib::SSLClient client("127.0.0.1", Port());
    client.enable_server_certificate_verification(false);
    std::string pem;
    if (SSL_CTX* context = client.ssl_context()) {
      SSL_CTX_set_app_data(context, &pem);
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
      SSL_CTX_set_cert_verify_callback(
          context,
          [](X509_STORE_CTX* verify, void* out) {
            BIO* memory = BIO_new(BIO_s_mem());
            PEM_write_bio_X509(memory, X509_STORE_CTX_get0_cert(verify));
            char* data = nullptr;
            const long size = BIO_get_mem_data(memory, &data);
            static_cast<std::string*>(out)->assign(data, static_cast<size_t>(size));
            BIO_free(memory);
            return 1;
          },
          &pem);
    }
    const auto got = client.Get("/");
    return got ? pem : "";
  }

  int Port() const {
    return std::atoi(server->address().substr(server->address().rfind(':') + 1).c_str());
  }

  const TempDir directory;
  std::string certificate;
  IoThreads threads{1};
  std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("who brings connections too fast is hung up on before TLS", "[http][tls]") {
  std::signal(SIGPIPE, SIG_IGN);  // for the client, whose hello may find nobody
  const telemetry::testing::CapturedLog log;
  const TlsServer server({2, 0.001});
  CHECK_FALSE(server.Shown().empty());
  CHECK_FALSE(server.Shown().empty());
  for (int i = 0; i < 3; ++i) CHECK(server.Shown().empty());
  CHECK(server.server->refused_connections() == 3);
  const std::string text = log.Text();
  const size_t line = text.find("port=rest from=127.0.0.1 what=\"new connections too fast\"");
  REQUIRE(line != std::string::npos);
  CHECK(text.find("too fast", line + 50) == std::string::npos);  // one line a minute
}

TEST_CASE("whoever answers over TLS is there, whatever its certificate", "[http]") {
  const TlsServer tls;
  using Speaks = KnockOptions::Speaks;
  const auto knock = [&](bool wants_certificate, Speaks speaks) {
    return Knock({.address = tls.server->address(),
                  .tls = true,
                  .wants_certificate = wants_certificate,
                  .speaks = speaks,
                  .time_max = absl::Seconds(60)});
  };
  CHECK(knock(false, Speaks::kHttp1).ok());
  CHECK(knock(true, Speaks::kHttp1).ok());
  CHECK_FALSE(knock(false, Speaks::kHttp2).ok());
  // And it is not taken for one that we trust.
  const auto fetched =
      Fetch("https://" + tls.server->address() + "/", {.time_max = absl::Seconds(60)});
  CHECK(std::string(fetched.status().message()).find("certificate is not accepted") !=
        std::string::npos);
}

TEST_CASE("requests work over TLS, large ones too", "[http][tls]") {
  TlsServer server;
  httplib::SSLClient client("127.0.0.1", server.Port());
  client.enable_server_certificate_verification(false);
  client.set_keep_alive(true);
  for (const size_t size : {size_t{0}, size_t{10}, size_t{100'000}, size_t{5'000'000}}) {
    const std::string body(size, 'b');
    const auto got = client.Post("/", body, "text/plain");
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body == body);
  }
}

TEST_CASE("TLS older than 1.2 is refused", "[http][tls]") {
  TlsServer server;
  httplib::SSLClient client("127.0.0.1", server.Port());
  client.enable_server_certificate_verification(false);
  SSL_CTX_set_security_level(client.ssl_context(), 0);
  SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(client.ssl_context(), TLS1_1_VERSION);
  CHECK_FALSE(client.Get("/"));
  SSL_CTX_set_max_proto_version(client.ssl_context(), TLS1_2_VERSION);
  CHECK(client.Get("/"));
}

TEST_CASE("plain HTTP on a TLS port ends, and others are not disturbed", "[http][tls]") {
  TlsServer server;
  httplib::Client plain("127.0.0.1", server.Port());
  CHECK_FALSE(plain.Get("/"));
  CHECK_FALSE(server.Shown().empty());
}

TEST_CASE("a changed certificate is used for new connections without a restart", "[http][tls]") {
  TlsServer server;
  CHECK(server.Shown() == server.certificate);
  const std::string old = server.certificate;
  // Half a change does not load: the old pair stays.
  TlsServer::Write(server.key_file(), "not a key");
  CHECK(server.Shown() == old);
  server.Issue("second");
  REQUIRE(server.certificate != old);
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  std::string shown;
  do {
    shown = server.Shown();
    REQUIRE((shown == old || shown == server.certificate));
  } while (shown == old && absl::Now() < give_up);
  CHECK(shown == server.certificate);
}

TEST_CASE("TLS files that do not fit are refused, naming the file", "[http][tls]") {
  TlsServer server;
  const auto reason = [&](const TlsFiles& files) {
    const auto listening =
        Listen(server.threads, {.address = "127.0.0.1:0", .tls = files}, nullptr);
    CHECK(listening.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(listening.status().message());
  };
  CHECK(reason({server.directory.path() + "/absent", server.key_file()}).find("/absent") !=
        std::string::npos);
  const std::string first_key = server.directory.path() + "/first.key";
  std::filesystem::copy_file(server.key_file(), first_key);
  server.Issue("second");
  CHECK(reason({server.certificate_file(), first_key}).find("first.key") != std::string::npos);
}

}  // namespace skyden::http
