// SPDX-License-Identifier: Apache-2.0
#include "skyden/stock_grpc/callback_threads.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <catch2/catch.hpp>
#include <memory>

#include "absl/synchronization/notification.h"
#include "skyden/stock_grpc/bytes.h"

using namespace skyden::stock_grpc;

namespace {

// Holds the channel of its call, and ends with it on the thread that calls back.
struct Question {
  std::unique_ptr<grpc::GenericStub> stub;
  grpc::ClientContext context;
  grpc::ByteBuffer asked = BufferOf("");
  grpc::ByteBuffer answer;
};

// Nobody listens on a socket that is nowhere: refused at once, without the network.
grpc::StatusCode AskNobody() {
  auto question = std::make_shared<Question>();
  question->stub = std::make_unique<grpc::GenericStub>(
      grpc::CreateChannel("unix:/nonexistent/nobody.sock", grpc::InsecureChannelCredentials()));
  auto code = std::make_shared<grpc::StatusCode>();
  auto over = std::make_shared<absl::Notification>();
  Question& one = *question;
  one.stub->UnaryCall(
      &one.context, "/nobody/Asks", grpc::StubOptions(), &one.asked, &one.answer,
      [question = std::move(question), code, over](const grpc::Status& status) mutable {
        *code = status.error_code();
        question = nullptr;
        over->Notify();
      });
  over->WaitForNotification();
  return *code;
}

}  // namespace

TEST_CASE("the last channel may be given up in a callback", "[stock_grpc]") {
  KeepCallbackThreads();
  KeepCallbackThreads();
  for (int i = 0; i < 200; ++i) {
    REQUIRE(AskNobody() == grpc::StatusCode::UNAVAILABLE);
  }
}
