// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "skyden/net/address.h"
#include "tests/rpc/grpc_client.h"
#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"
#include "tests/self_signed.h"
#include "tests/temp_dir.h"

namespace skyden::rpc {
namespace {

std::string Read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Certificates of a server and of two clients, each its own authority.
struct Files {
  Files() {
    for (const char* name : {"server", "friend", "stranger"}) {
      REQUIRE(MakeSelfSigned("IP:127.0.0.1", File(name, ".crt"), File(name, ".key")));
    }
  }

  std::string File(const std::string& name, const std::string& end) const {
    return directory / (name + end);
  }
  ServerOptions Options(const std::string& client_ca = "") const {
    return {.tls = TlsOptions{File("server", ".crt"), File("server", ".key"), client_ca}};
  }
  std::shared_ptr<grpc::ChannelCredentials> Credentials(const std::string& client = "") const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Read(File("server", ".crt"));
    if (!client.empty()) {
      options.pem_cert_chain = Read(File(client, ".crt"));
      options.pem_private_key = Read(File(client, ".key"));
    }
    return grpc::SslCredentials(options);
  }

  const TempDir directory;
};

TEST_CASE("a handshake that fails is counted", "[rpc][tls][tally]") {
  const Files files;
  TestServer server(files.Options());
  RawH2 client(server.address());  // speaks plaintext
  CHECK(client.IsHungUp());
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
  CHECK(server.server->tally().handshakes_failed.value() == 1);
  CHECK(server.server->tally().connections.value() == 1);
}

TEST_CASE("silent handshakes of an address are bounded, and give their places back",
          "[rpc][tls][tally]") {
  const Files files;
  ServerOptions options = files.Options();
  options.handshakes_per_address_max = 2;
  TestServer server(std::move(options));
  constexpr std::string_view kFirstByte = "\x16";  // of a record that never comes whole
  auto first = std::make_unique<RawH2>(server.address(), kFirstByte);
  const RawH2 second(server.address(), kFirstByte);
  CHECK(server.Await([](const auto& c) { return c.connections == 2; }));
  RawH2 third(server.address(), kFirstByte);
  CHECK(third.IsHungUp());
  CHECK(server.server->tally().refused_handshakes.value() == 1);
  first.reset();
  CHECK(server.Await([](const auto& c) { return c.connections == 1; }));
  CHECK(Ask(ChannelTo(server.address(), files.Credentials()), "/test/Echo", "x").ok());
}

TEST_CASE("calls work inside TLS, large messages too", "[rpc][tls]") {
  const Files files;
  TestServer server(files.Options());
  const auto channel = ChannelTo(server.address(), files.Credentials());
  for (const size_t size : {size_t{0}, size_t{10}, size_t{16'384}, size_t{5'000'000}}) {
    std::string answer;
    const std::string message(size, 'm');
    CHECK(Ask(channel, "/test/Echo", message, &answer).ok());
    CHECK(answer == message);
  }
  CHECK(Ask(channel, "/test/Refuse", "").error_code() == grpc::StatusCode::PERMISSION_DENIED);
}

TEST_CASE("with an authority for clients only those it vouches for come in", "[rpc][tls]") {
  const Files files;
  TestServer server(files.Options(files.File("friend", ".crt")));
  CHECK(Ask(ChannelTo(server.address(), files.Credentials("friend")), "/test/Echo", "x").ok());
  for (const char* client : {"", "stranger"}) {
    CHECK(Ask(ChannelTo(server.address(), files.Credentials(client)), "/test/Echo", "x")
              .error_code() == grpc::StatusCode::UNAVAILABLE);
  }
  CHECK(server.record.Count("call") == 1);
}

TEST_CASE("what is no TLS is hung up on", "[rpc][tls]") {
  const Files files;
  TestServer server(files.Options());
  RawH2 client(server.address());
  CHECK(client.IsHungUp());
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
}

TEST_CASE("who brings connections too fast is hung up on before TLS", "[rpc][tls]") {
  const Files files;
  auto options = files.Options();
  options.arrivals = {1, 0.001};
  TestServer server(std::move(options));
  CHECK(Ask(ChannelTo(server.address(), files.Credentials()), "/test/Echo", "x").ok());
  for (uint64_t refused = 1; refused <= 3; ++refused) {
    // Where a handshake is taken up, the rest of it is awaited.
    RawH2 client(server.address(), "\x16\x03");
    CHECK(client.IsHungUp());
    CHECK(server.server->counters().refused == refused);
  }
}

TEST_CASE("a client that changes its keys without end is hung up on", "[rpc][tls]") {
  const Files files;
  TestServer server(files.Options());
  const auto to = net::SocketAddress::Parse(server.address());
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(connect(fd, to->get(), to->size()) == 0);
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  REQUIRE(SSL_connect(ssl) == 1);
  std::signal(SIGPIPE, SIG_IGN);  // for the client
  int updates = 0;
  while (updates < 1'000'000 && SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1 &&
         SSL_do_handshake(ssl) == 1) {
    ++updates;
  }
  CHECK(updates < 1'000'000);
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
  SSL_free(ssl);
  SSL_CTX_free(context);
  close(fd);
}

TEST_CASE("TLS files that do not read are named", "[rpc][tls]") {
  const Files files;
  Loops loops(1);
  auto options = files.Options(files.directory.path() + "/absent");
  options.address = "127.0.0.1:0";
  const auto listening = Listen(loops, options, nullptr);
  CHECK(listening.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(listening.status().message()).find("/absent") != std::string::npos);
}

}  // namespace
}  // namespace skyden::rpc
