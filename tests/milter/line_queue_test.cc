#include "milter/line_queue.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

// A line that holds something until it is in words.
class HoldingText : public LineText {
 public:
  explicit HoldingText(std::shared_ptr<const int> held) : held_(std::move(held)) {}
  void write_to(std::string& line) const override { line += std::to_string(*held_); }

 private:
  const std::shared_ptr<const int> held_;
};

// Collects what the queue writes, and can be made to stand still as a full disk does.
class Written {
 public:
  void write(const LineQueue::Lines& lines) {
    ++writes_;
    blocked_.wait(true);
    const std::lock_guard lock(mutex_);
    for (const LogLine& line : lines) line.text->write_to(texts_.emplace_back());
  }
  void block() { blocked_ = true; }
  void unblock() {
    blocked_ = false;
    blocked_.notify_all();
  }
  int writes() const { return writes_; }
  std::vector<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  std::atomic<bool> blocked_{false};
  std::atomic<int> writes_{0};
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

class LineQueueTest : public ::testing::Test {
 protected:
  void push(int first, int end) {
    for (int i = first; i < end; ++i)
      queue_->push(0, std::make_shared<PlainText>(std::to_string(i)));
  }
  void wait_for_writes(int count) {
    while (written_.writes() < count) std::this_thread::yield();
  }

  Written written_;
  std::unique_ptr<LineQueue> queue_ =
      std::make_unique<LineQueue>([this](const LineQueue::Lines& lines) { written_.write(lines); });
};

TEST_F(LineQueueTest, WritesALineThatComesAlone) {
  push(0, 1);
  wait_for_writes(1);
}

TEST_F(LineQueueTest, WritesLinesInTheirOrderAndTogether) {
  push(0, 3000);
  queue_->flush(kPatience);
  const std::vector<std::string> texts = written_.texts();
  ASSERT_EQ(texts.size(), 3000U);
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(texts[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_LT(written_.writes(), 100);
  EXPECT_EQ(queue_->dropped(), 0U);
}

// Between two flushes the thread rests; a flush does not wait for the end of the rest, nor for
// ever.
TEST_F(LineQueueTest, FlushEndsARest) {
  for (int i = 0; i < 100; ++i) {
    push(i, i + 1);
    queue_->flush(kPatience);
    EXPECT_EQ(written_.texts().size(), static_cast<std::size_t>(i + 1));
  }
  queue_->flush(kPatience);
}

TEST_F(LineQueueTest, FlushGivesUpAtTheEndOfItsPatience) {
  written_.block();
  push(0, 1);
  queue_->flush(1ms);
  EXPECT_TRUE(written_.texts().empty());
  written_.unblock();
}

TEST_F(LineQueueTest, DropsTheOldestAndCountsThem) {
  written_.block();
  push(0, 1);
  wait_for_writes(1);
  constexpr int kCapacity = LineQueue::kCapacity;
  push(1, kCapacity + 11);
  EXPECT_EQ(queue_->dropped(), 10U);
  written_.unblock();
  queue_->flush(kPatience);
  const std::vector<std::string> texts = written_.texts();
  ASSERT_EQ(texts.size(), kCapacity + 1U);
  EXPECT_EQ(texts[0], "0");
  EXPECT_EQ(texts[1], "11");
  EXPECT_EQ(texts.back(), std::to_string(kCapacity + 10));
}

// A log that stands still keeps nothing but words, and their order.
TEST_F(LineQueueTest, LetsGoWhatLinesHoldWhenTheyArePutIntoWords) {
  written_.block();
  push(0, 1);
  wait_for_writes(1);
  const auto held = std::make_shared<const int>(7);
  for (int i = 0; i < 200; ++i) {
    queue_->push(0, std::make_shared<HoldingText>(held));
    push(i, i + 1);
  }
  EXPECT_EQ(held.use_count(), 201);
  queue_->put_into_words(1h);
  EXPECT_EQ(held.use_count(), 201);
  queue_->put_into_words(0ms);
  EXPECT_EQ(held.use_count(), 1);
  written_.unblock();
  queue_->flush(kPatience);
  const std::vector<std::string> texts = written_.texts();
  ASSERT_EQ(texts.size(), 401U);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(texts[1 + 2 * i], "7");
    EXPECT_EQ(texts[2 + 2 * i], std::to_string(i));
  }
}

TEST_F(LineQueueTest, WritesWhatIsThereBeforeItEnds) {
  push(0, 500);
  queue_.reset();
  EXPECT_EQ(written_.texts().size(), 500U);
}

TEST_F(LineQueueTest, LosesNothingOfManyWriters) {
  {
    std::vector<std::jthread> writers;
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([this] {
        for (int i = 0; i < 5000; ++i) {
          queue_->push(0, std::make_shared<PlainText>("line"));
          if (i % 1000 == 999) queue_->flush(kPatience);
        }
      });
    }
  }
  queue_->flush(kPatience);
  EXPECT_EQ(written_.texts().size() + queue_->dropped(), 20'000U);
}

}  // namespace
}  // namespace portcullis
