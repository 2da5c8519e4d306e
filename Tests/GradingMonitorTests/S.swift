import Testing
@Test("placeholder GradingMonitor") func placeholderGradingMonitor() { #expect(Bool(true)) }
