// SPDX-License-Identifier: Apache-2.0
#include "skyden/admin/admin_server.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/base/crypto.h"
#include "tests/admin/admin_env.h"
#include "tests/self_signed.h"

namespace skyden::admin {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using model::Role;

grpc::Status Check(AdminEnv& env, const std::string& service, HealthCheckResponse* response) {
  auto stub = Health::NewStub(env.Channel());
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service(service);
  return stub->Check(&context, request, response);
}

TEST_CASE("health needs no token and follows the store") {
  AdminEnv env;
  HealthCheckResponse response;
  for (const char* service : {"", "skyden.admin.v1.ControlPlanes", "skyden.admin.v1.Zones"}) {
    REQUIRE(Check(env, service, &response).ok());
    CHECK(response.status() == HealthCheckResponse::SERVING);
  }
  CHECK(Check(env, "nonsense", &response).error_code() == grpc::StatusCode::NOT_FOUND);
}

TEST_CASE("health says when the store failed") {
  AdminEnv env;
  env.health.Set(absl::DataLossError("fsync failed"));
  HealthCheckResponse response;
  REQUIRE(Check(env, "", &response).ok());
  CHECK(response.status() == HealthCheckResponse::NOT_SERVING);
}

TEST_CASE("a health watch is told when the server drains") {
  AdminEnv env;
  const auto channel = env.Channel();
  auto stub = Health::NewStub(channel);
  grpc::ClientContext context;
  grpc::ClientContext unknown_context;
  HealthCheckRequest request;
  HealthCheckResponse response;
  auto watch = stub->Watch(&context, request);
  REQUIRE(watch->Read(&response));
  CHECK(response.status() == HealthCheckResponse::SERVING);
  request.set_service("nonsense");
  auto unknown = stub->Watch(&unknown_context, request);
  REQUIRE(unknown->Read(&response));
  CHECK(response.status() == HealthCheckResponse::SERVICE_UNKNOWN);

  std::thread drain([&env] { env.server().Drain(absl::Seconds(10)); });
  CHECK(watch->Read(&response));
  CHECK(response.status() == HealthCheckResponse::NOT_SERVING);
  CHECK_FALSE(watch->Read(&response));
  CHECK(watch->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(unknown->Read(&response));
  CHECK(unknown->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
  drain.join();
}

// Strangers may open and reset few calls; who has signed in may go on.
std::shared_ptr<grpc::Channel> SignedIn(AdminEnv& env) {
  const auto channel = env.Channel();
  auto stub = v1::ControlPlanes::NewStub(channel);
  v1::ListControlPlanesResponse response;
  REQUIRE(AdminEnv::Call(*stub, &v1::ControlPlanes::Stub::List, v1::ListControlPlanesRequest(),
                         &response, env.Token(Role::kOperator))
              .ok());
  return channel;
}

TEST_CASE("a watcher that leaves frees its place") {
  AdminEnv env;
  auto stub = Health::NewStub(SignedIn(env));
  HealthCheckRequest request;
  HealthCheckResponse response;
  for (int i = 0; i < 200; ++i) {
    grpc::ClientContext context;
    auto watch = stub->Watch(&context, request);
    CAPTURE(i);
    // The one before may not be gone yet, but sixty of them are.
    REQUIRE(watch->Read(&response));
    context.TryCancel();
    CHECK(watch->Finish().error_code() == grpc::StatusCode::CANCELLED);
  }
}

TEST_CASE("more watchers than the limit are refused") {
  AdminEnv env;
  auto stub = Health::NewStub(SignedIn(env));
  HealthCheckRequest request;
  HealthCheckResponse response;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<HealthCheckResponse>>> watches;
  for (int i = 0; i < 65; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    watches.push_back(stub->Watch(contexts.back().get(), request));
    CAPTURE(i);
    CHECK(watches.back()->Read(&response) == (i < 64));
  }
  CHECK(watches.back()->Finish().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (auto& context : contexts) context->TryCancel();
}

// What reflection answers to "list services", as bytes: its own generated code is not installed.
std::string ListServices(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  REQUIRE(wait());
  grpc::Slice request(std::string("\x3a\x01*"));  // field 7, list_services, "*"
  call->WriteLast(grpc::ByteBuffer(&request, 1), {}, nullptr);
  REQUIRE(wait());
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  REQUIRE(wait());
  grpc::Slice flat;
  REQUIRE(response.DumpToSingleSlice(&flat).ok());
  grpc::Status status;
  call->Finish(&status, nullptr);
  REQUIRE(wait());
  REQUIRE(status.ok());
  return {reinterpret_cast<const char*>(flat.begin()), flat.size()};
}

TEST_CASE("reflection names the services to whoever asks") {
  AdminEnv env;
  const std::string services = ListServices(env.Channel());
  for (const char* name : {"skyden.admin.v1.ControlPlanes", "skyden.admin.v1.Zones",
                           "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}) {
    CAPTURE(name);
    CHECK(services.find(name) != std::string::npos);
  }
}

TEST_CASE("two servers do not share a port") {
  AdminEnv env;
  AdminOptions options;
  options.address = env.server().address();
  CHECK(options.address.starts_with("127.0.0.1:"));
  CHECK_FALSE(options.address.ends_with(":0"));
  const auto second = AdminServer::Start(env.AllDeps(), options);
  REQUIRE_FALSE(second.ok());
  CHECK(second.status().code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(second.status().message()) ==
        "cannot listen on " + options.address + ": Address already in use");
}

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

struct TlsFiles {
  TempDir directory;
  std::string certificate = directory.path() + "/tls.crt";
  std::string key = directory.path() + "/tls.key";

  void Store(const base::CertificateAndKey& pair) const {
    Write(certificate, pair.certificate_pem);
    Write(key, pair.private_key_pem);
  }
};

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

base::CertificateAndKey SelfSigned(const std::string& name) {
  const TlsFiles files;
  REQUIRE(MakeSelfSigned("DNS:" + name, files.certificate, files.key));
  return {Read(files.certificate), Read(files.key)};
}

// True when a client that trusts `pair` alone, and takes the server for `name`, gets an answer.
bool Reaches(const std::string& address, const base::CertificateAndKey& pair,
             const std::string& name) {
  grpc::SslCredentialsOptions trust;
  trust.pem_root_certs = pair.certificate_pem;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(name);
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  const auto channel = grpc::CreateCustomChannel(address, grpc::SslCredentials(trust), arguments);
  auto stub = Health::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  HealthCheckResponse response;
  return stub->Check(&context, {}, &response).ok();
}

TEST_CASE("TLS is spoken with the files' certificate, and with the new one once they change") {
  TlsFiles files;
  const auto first = SelfSigned("first.example");
  const auto second = SelfSigned("second.example");
  files.Store(first);
  AdminOptions options;
  options.certificate_file = files.certificate;
  options.key_file = files.key;
  AdminEnv env(options);
  CHECK(Reaches(env.server().address(), first, "first.example"));
  CHECK_FALSE(Reaches(env.server().address(), second, "second.example"));

  files.Store(second);
  bool reloaded = false;
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  while (!reloaded && absl::Now() < give_up) {
    reloaded = Reaches(env.server().address(), second, "second.example");
  }
  CHECK(reloaded);
}

TEST_CASE("TLS files that cannot serve are named at the start") {
  AdminEnv env;
  TlsFiles files;
  const auto pair = SelfSigned("first.example");
  files.Store(pair);
  AdminOptions options;
  options.address = "127.0.0.1:0";
  options.certificate_file = files.certificate;
  const auto refusal = [&] {
    const auto server = AdminServer::Start(env.AllDeps(), options);
    REQUIRE_FALSE(server.ok());
    CHECK(server.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(server.status().message());
  };
  CHECK(refusal() == "a certificate and a key are given together");
  options.key_file = files.directory.path() + "/missing";
  CHECK(refusal().find(options.key_file) != std::string::npos);
  options.key_file = files.key;
  Write(files.key, SelfSigned("second.example").private_key_pem);
  CHECK(refusal() == "TLS file " + files.key + ": not the key of " + files.certificate);
  Write(files.certificate, "nonsense");
  CHECK(refusal().find(files.certificate) != std::string::npos);
}

TEST_CASE("a drained server lets the running call end and takes no new one") {
  AdminEnv env;
  auto stub = v1::ControlPlanes::NewStub(env.Channel());
  const std::string token = env.Token(Role::kOperator);
  v1::ListControlPlanesResponse response;
  using Stub = v1::ControlPlanes::Stub;
  REQUIRE(
      AdminEnv::Call(*stub, &Stub::List, v1::ListControlPlanesRequest(), &response, token).ok());
  env.server().Drain(absl::Seconds(5));
  CHECK(AdminEnv::Call(*stub, &Stub::List, v1::ListControlPlanesRequest(), &response, token)
            .error_code() == grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace skyden::admin
