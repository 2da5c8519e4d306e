import Testing
@Test("placeholder GradingServer") func placeholderGradingServer() { #expect(Bool(true)) }
