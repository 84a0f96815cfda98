// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rpc/session.h"

namespace skyden::rpc {

// A call's head while it is read.
struct Session::StreamHead {
  CallHead call;
  std::string method;
  std::string content_type;
  std::string encoding;
  bool te = false;
  bool timeout_is_wrong = false;
  size_t bytes = 0;
  size_t count = 0;
};

// What a session keeps of a call, until its end was submitted or the client is gone.
struct Session::Stream {
  Stream(int32_t stream_id, size_t message_bytes_max) : id(stream_id), reader(message_bytes_max) {}

  struct End {
    absl::Status status;
    Metadata trailers;
  };

  const int32_t id;
  std::unique_ptr<StreamHead> head;
  std::shared_ptr<StreamEvents> events;  // none before the head is complete, or when it was refused

  // From the client: one message in `reader`, what came after it as it came.
  MessageReader reader;
  std::string waiting;
  size_t asked = 0;           // messages
  size_t counted = 0;         // of held_
  size_t unacknowledged = 0;  // bytes that the connection's window still lacks
  size_t trailer_bytes = 0;   // of what comes after the messages
  bool gzip = false;
  bool peer_done = false;
  bool peer_done_told = false;  // after the last message

  // To the client.
  Metadata initial_metadata;
  std::vector<std::shared_ptr<Outgoing>> queue;
  size_t first = 0;          // of the queue
  size_t offset = 0;         // of it, sent
  std::unique_ptr<End> end;  // after the queue
  bool begun = false;        // the answer's head was submitted

  size_t held() const { return reader.held() + waiting.size(); }
};

}  // namespace skyden::rpc
