"""What a student does in a lesson: predict, practise, check, and be quizzed. Holds no question itself."""
