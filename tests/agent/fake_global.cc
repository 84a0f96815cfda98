// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/fake_global.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "skyden/base/gzip.h"
#include "skyden/stock_grpc/bytes.h"

namespace skyden::agent {
namespace {

std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

class FakeGlobal::Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(FakeGlobal& global, size_t index) : global_(global), index_(index) {}
  void Go() { StartRead(&in_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    const std::string bytes = stock_grpc::BytesOf(in_).value_or("");
    {
      absl::MutexLock lock(&global_.mu_);
      global_.calls_[index_].messages.push_back(bytes);
    }
    auto plain = base::LooksLikeGzip(bytes) ? base::Gunzip(bytes, 64u << 20) : bytes;
    if (plain.ok() && plain->substr(0, 4) == "end:") {
      const size_t colon = plain->find(':', 4);
      const int code = std::stoi(plain->substr(4, colon - 4));
      return Finish({static_cast<grpc::StatusCode>(code), plain->substr(colon + 1)});
    }
    StartWrite(&in_);
  }
  void OnWriteDone(bool ok) override { ok ? StartRead(&in_) : Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    {
      absl::MutexLock lock(&global_.mu_);
      global_.calls_[index_].ended = true;
    }
    delete this;
  }

 private:
  FakeGlobal& global_;
  const size_t index_;
  grpc::ByteBuffer in_;
};

FakeGlobal::FakeGlobal(Options options) : reads_(options.reads) {
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (!options.certificate_file.empty()) {
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({Slurp(options.key_file), Slurp(options.certificate_file)});
    credentials = grpc::SslServerCredentials(tls);
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(options.port), credentials, &port_);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
}

FakeGlobal::~FakeGlobal() {
  Resume();
  server_->Shutdown(std::chrono::system_clock::now());
}

std::vector<SeenCall> FakeGlobal::calls() const {
  absl::MutexLock lock(&mu_);
  return calls_;
}

bool FakeGlobal::WaitFor(const std::function<bool(const std::vector<SeenCall>&)>& condition) const {
  absl::MutexLock lock(&mu_);
  const auto holds = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return condition(calls_); };
  return mu_.AwaitWithTimeout(absl::Condition(&holds), kTestPatience);
}

void FakeGlobal::Resume() {
  std::vector<Call*> waiting;
  {
    absl::MutexLock lock(&mu_);
    reads_ = true;
    waiting.swap(waiting_);
  }
  for (Call* call : waiting) call->Go();
}

grpc::ServerGenericBidiReactor* FakeGlobal::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  SeenCall seen;
  seen.method = context->method();
  for (const auto& [key, value] : context->client_metadata()) {
    seen.metadata.emplace(std::string(key.data(), key.size()),
                          std::string(value.data(), value.size()));
  }
  Call* call = nullptr;
  bool go = false;
  {
    absl::MutexLock lock(&mu_);
    calls_.push_back(std::move(seen));
    call = new Call(*this, calls_.size() - 1);
    go = reads_;
    if (!go) waiting_.push_back(call);
  }
  if (go) call->Go();
  return call;
}

}  // namespace skyden::agent
