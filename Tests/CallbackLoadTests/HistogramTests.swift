import Testing

@testable import callback_load

@Suite("Histogram of latencies")
struct HistogramTests {
    @Test("quantiles are within 1.6 % of the true ones", arguments: [0.01, 0.5, 0.9, 0.99, 1])
    func quantiles(share: Double) {
        var histogram = Histogram()
        for value in 1...100_000 { histogram.record(microseconds: Int64(value)) }
        let truth = share * 100_000
        #expect(abs(histogram.quantile(share) - truth) <= truth * 0.016)
        #expect(histogram.count == 100_000)
    }

    @Test("small values are exact, and extreme ones are kept in range")
    func edges() {
        var histogram = Histogram()
        #expect(histogram.quantile(0.5) == 0)
        histogram.record(microseconds: -5)
        #expect(histogram.quantile(1) == 0)
        histogram.record(microseconds: 63)
        #expect(histogram.quantile(1) == 63)
        histogram.record(microseconds: 64)
        #expect(histogram.quantile(1) == 64)
        histogram.record(microseconds: .max)
        #expect(histogram.quantile(1) > 3.6e9)
    }

    @Test("two merged histograms count what each counted")
    func merging() {
        var (low, high) = (Histogram(), Histogram())
        for _ in 0..<99 { low.record(microseconds: 10) }
        high.record(microseconds: 50)
        low.merge(high)
        #expect(low.count == 100)
        #expect(low.quantile(0.99) == 10)
        #expect(low.quantile(1) == 50)
    }
}
