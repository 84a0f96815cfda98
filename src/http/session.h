// SPDX-License-Identifier: Apache-2.0
// One connection: reads a request, has it handled, writes the answer, again.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "http/loop.h"
#include "http/parser.h"
#include "http/queued_body.h"
#include "http/response_writer.h"
#include "skyden/base/byte_shares.h"

namespace skyden::http {

struct ListenerState;

// Loop-bound: everything runs on the loop's thread but Answer. Lives while the loop knows it, an
// operation is pending, or a responder is out.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Loop> loop, std::shared_ptr<ListenerState> listener, std::string peer_ip,
          bool tls);
  virtual ~Session();

  void Start();
  SteadyTime deadline() const { return deadline_; }
  void OnDeadline();
  void CloseNow();
  // The listener drains: close if idle, else after the answer.
  void DrainIfIdle();
  // Another connection needs the room: closes it if it still rests. Any thread.
  void Evict();
  const ListenerState* listener() const { return listener_.get(); }

  // The handler's answer; once per request, from any thread.
  void Answer(Response response);
  void AnswerNothing();  // the same, when the handler gave none
  void SendAnswer();
  // There is something of the answer's stream to send. Any thread.
  void PostPump();
  // See Request::WhenClientGoes. Any thread.
  void PostWatch(uint64_t serial, absl::AnyInvocable<void()> fn);
  // See Request::TakeBody. Any thread.
  using BodyTaker = absl::AnyInvocable<void(std::string body)>;
  void PostTakeBody(uint64_t serial, std::string share, BodyTaker fn);

 protected:
  // Asynchronous operations; each ends in exactly one call of the On... named.
  virtual void DoHandshake() = 0;                    // OnHandshake
  virtual void DoRead(char* data, size_t size) = 0;  // OnRead
  virtual void DoWrite(const char* a, size_t a_size, const char* b,
                       size_t b_size) = 0;              // OnWritten
  virtual void DoShutdownSend() = 0;                    // OnShutdownSent
  virtual void DoDiscard(char* data, size_t size) = 0;  // raw bytes; OnRead
  virtual void DoClose() = 0;                           // pending operations end with an error

  void OnHandshake(bool ok);
  void EndHandshake();
  void OnRead(bool ok, size_t bytes);
  void OnWritten(bool ok, size_t bytes);
  void OnShutdownSent();

  const std::shared_ptr<Loop>& loop() const { return loop_; }

 private:
  friend struct ListenerState;

  enum class State {
    kHandshake,
    kReading,
    kContinuing,
    kHandling,
    kWriting,
    kStreaming,
    kLingering,
    kClosed
  };

  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  void SetDeadline(absl::Duration from_now);
  void Read(char* data, size_t size);
  void ReadMore();
  void Parse();
  void BeginRequest();
  base::ByteShares::Verdict ReserveBody();
  // 429 or 503.
  static int StatusOf(base::ByteShares::Verdict verdict);
  void Dispatch();
  bool AsksFirst() const;
  void Continue();
  void TakeBody(uint64_t serial, std::string share, BodyTaker fn);
  void GiveBody();
  void Refuse(int status);
  std::string NewRequestId();
  Response OwnAnswer(int status) const;
  void ReserveAnswer(Response& response);
  void Write(Response response);
  std::string_view out_rest() const {
    return out_document_ == nullptr ? out_body_ : out_document_->bytes();
  }
  void WriteRest();
  void Linger();
  void Watch(uint64_t serial, absl::AnyInvocable<void()> fn);
  void BeginStream();
  void Pump();
  void OnPumped();

  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<ListenerState> listener_;
  const std::string peer_ip_;
  const std::string peer_key_;
  bool in_handshakes_ = false;  // counted there
  const bool tls_;
  // Its place in listener_->resting, and guarded as that is; nullopt when it has none.
  std::optional<std::list<Session*>::iterator> resting_;

  State state_ = State::kHandshake;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime request_deadline_{};  // of the request being read

  std::vector<char> in_;
  size_t in_begin_ = 0;
  size_t in_end_ = 0;
  bool in_flight_ = false;  // a read is; its memory must not move
  std::optional<RequestParser> parser_;
  // How far the request is: being read, its head handed out, its body as well.
  enum class Phase { kNone, kHead, kBody };
  Phase phase_ = Phase::kNone;
  BodyTaker body_taker_;
  base::HeldBytes body_of_address_;  // body bytes
  base::HeldBytes body_of_share_;
  base::HeldBytes answer_bytes_;

  std::string path_;  // of the request being handled
  bool keep_alive_ = true;
  bool head_ = false;
  bool gzip_ = false;
  bool continued_ = false;
  Response answer_;                 // from Answer to SendAnswer
  base::HeldBytes answered_bytes_;  // its
  bool dropped_ = false;            // with it: nobody gave one
  std::string request_id_;          // of the request being handled or refused

  std::string out_head_;
  std::string out_body_;  // the rest of the answer, unless a document is
  std::shared_ptr<const Document> out_document_;
  size_t out_done_ = 0;
  std::shared_ptr<QueuedBody> stream_;  // of the answer that is sent
  bool takes_chunks_ = true;
  bool pumping_ = false;      // a piece of the stream is being written
  bool stream_done_ = false;  // it was the last
  uint64_t serial_ = 0;       // of the request
  absl::AnyInvocable<void()> client_gone_;
  size_t lingered_ = 0;
  DateText date_;
};

std::shared_ptr<Session> MakePlainSession(std::shared_ptr<Loop> loop,
                                          std::shared_ptr<ListenerState> listener,
                                          std::string peer_ip, Socket socket);

}  // namespace skyden::http
