import GradingCore
import Hummingbird
